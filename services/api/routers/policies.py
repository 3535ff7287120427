"""The policy (时限政策): its versions, and adding one with a look at what it would move.

Invariant: a new version binds cases that open from its instant on; running ones only where that is asked for and the
count that was shown is confirmed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StrictBool

from adapters.postgres import policy as policy_document
from adapters.postgres.policies import Addition, PolicyVersion
from domain import audit
from domain import policy as rules
from domain.errors import Kind, Refused
from domain.requests import Answer
from domain.terms import Terms
from domain.workdays import Calendar
from services.api import moves, parameters, patterns, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.editors import editor
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/policies", tags=["时限政策"], route_class=Door)

DryRun = Annotated[
    Annotated[bool, BeforeValidator(parameters.truth)],
    Query(description="true 只检查并列出对在办案的影响，不载入"),
]
_EXAMPLE: Final[dict[str, JsonValue]] = {"version": "2027-1", "terms": {"version": "2027-1"}}


class PolicyView(BaseModel):
    """One version of the policy."""

    version: str = Field(description="政策版本")
    valid_from: datetime = Field(description="自何时起对新立案生效")
    in_force: bool = Field(description="是否对此刻立案生效")
    terms: dict[str, JsonValue] = Field(description="时限、督办阶梯、延期上限、佐证要求等")


class PoliciesView(BaseModel):
    """The versions of the policy."""

    items: list[PolicyView]


class PolicyBody(BaseModel):
    """A new version of the policy."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    version: patterns.Code = Field(description="政策版本，不得与已有的相同")
    valid_from: AwareDatetime | None = Field(
        default=None, description="自何时起生效，不早于此刻；不填即刻生效"
    )
    terms: dict[str, JsonValue] = Field(description="政策内容，写法见 docs/policy.md")
    also_running: StrictBool = Field(default=False, description="在办案是否也改用；只能即刻生效")
    confirm_count: int | None = Field(
        default=None, ge=0, le=2**31 - 1, description="在办案改用时，填入试算所示的 running_count 以确认"
    )


class AddedView(moves.Moves):
    """What a new version does."""

    version: str = Field(description="政策版本")
    valid_from: datetime = Field(description="自何时起对新立案生效")
    dry_run: bool = Field(description="是否试算")
    running_count: int = Field(description="适用其他版本的在办案数；在办案改用时涉及全部")


@router.get("", summary="时限政策各版", operation_id="list_policies", responses=responses.READ)
async def policies(_person: Caller, services: Wired) -> PoliciesView:
    """各版政策，最后生效的在前；已立案的案件按立案时的版本办理。"""
    now = services.clock()
    found = await services.policies.all()
    current = next((one for one in found if one.valid_from <= now), None)
    return PoliciesView(
        items=[
            PolicyView(
                version=one.terms.version,
                valid_from=one.valid_from,
                in_force=one is current,
                terms=audit.plain(one.terms),
            )
            for one in found
        ]
    )


@router.post(
    "",
    summary="载入一版时限政策",
    operation_id="add_policy",
    response_model=AddedView,
    responses=responses.EDIT_POLICY,
)
async def add_policy(
    body: PolicyBody, person: Caller, services: Wired, key: IdempotencyKey, dry_run: DryRun = False
) -> JSONResponse:
    """载入一版政策：只管此后立案的；在办案须另行选定，并确认试算所示的件数。先以 dry_run=true 检查与试算。"""
    by = editor(person, services.clock())
    request = request_of(person, key, "policies", body)
    if not dry_run and (earlier := await services.requests.earlier(request)):
        return respond(earlier, headers=REPLAYED)
    valid_from = _effective(body, by.now)
    terms, calendar = await _checked(services, body, valid_from)
    version = PolicyVersion(valid_from=valid_from, terms=terms)
    moved = await moves.by_policy(services, terms, calendar, by.now)
    running = await services.policies.others(terms.version, by.now)
    if dry_run:
        return respond(_answer(version, moves.view(moved, None), running, dry_run=True))
    wanted = Addition(version=version, confirmed=_confirmed(body), request=request)
    told = moves.view(moved if wanted.order_id else [], wanted.order_id)
    answer, is_new = await services.policies.add(
        wanted, by, lambda: _answer(version, told, running, dry_run=False)
    )
    if is_new and wanted.order_id is not None:
        await moves.started(services, wanted.order_id)
    return respond(answer, headers=None if is_new else REPLAYED)


async def _checked(services: Services, body: PolicyBody, valid_from: datetime) -> tuple[Terms, Calendar]:
    """The terms and the calendar of their region. Raises ``Refused`` naming the field."""
    terms = _read(body.terms)
    if terms.version != body.version:
        raise _invalid("terms.version", "须与 version 相同")
    await services.policies.check_new(terms.version)
    await _check_codes(services, terms, valid_from)
    try:
        calendar = await services.calendar.calendar(terms.region)
    except Refused as unknown:
        raise _invalid("terms.region", "没有这个地区的日历") from unknown
    if calendar.utc_offset_minutes != terms.utc_offset_minutes:
        raise _invalid("terms.utc_offset_minutes", "与该地区日历的时区不同")
    return terms, calendar


def _read(value: dict[str, JsonValue]) -> Terms:
    with _within_terms():
        return policy_document.read(value)


async def _check_codes(services: Services, terms: Terms, valid_from: datetime) -> None:
    """Every level that cases can have from then on has limits, and no level or category that nobody knows."""
    with _within_terms():
        rules.check(terms, await services.dictionary.levels(valid_from), valid_from)
    known = await services.dictionary.levels(None)
    if strange := next((level for level in terms.limits if level not in known), None):
        raise _invalid(f"terms.limits.{strange}", "没有这个等级")
    known = await services.dictionary.categories()
    if strange := next((one for one in terms.category_limits if one not in known), None):
        raise _invalid(f"terms.category_limits.{strange}", "没有这个类别")


@contextmanager
def _within_terms() -> Iterator[None]:
    """What is wrong with the terms, by its path in the body: well-formed JSON that is no policy is a conflict."""
    try:
        yield
    except Refused as refused:
        field = f"terms.{refused.details['field']}"
        raise Refused(Kind.CONFLICT, refused.code, refused.message, field=field) from refused


def _effective(body: PolicyBody, now: datetime) -> datetime:
    if body.valid_from is not None and body.valid_from < now:
        raise _invalid("valid_from", "生效时间已经过去")
    if body.valid_from is not None and body.also_running:
        raise _invalid("also_running", "在办案改用的政策须即刻生效，不填 valid_from")
    return body.valid_from or now


def _confirmed(body: PolicyBody) -> int | None:
    if not body.also_running:
        return None
    if body.confirm_count is None:
        raise _invalid("confirm_count", "在办案改用须确认试算所示的件数")
    return body.confirm_count


def _answer(version: PolicyVersion, moved: moves.Moves, running: int, *, dry_run: bool) -> Answer:
    fields: dict[str, Any] = moved.model_dump()
    view = AddedView(
        **fields,
        version=version.terms.version,
        valid_from=version.valid_from,
        dry_run=dry_run,
        running_count=running,
    )
    return Answer(status=200, body=view.model_dump(mode="json"))


def _invalid(field: str, message: str) -> Refused:
    return Refused(Kind.CONFLICT, "policy_invalid", message, field=field)
