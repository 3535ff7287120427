"""The organisation: read whole, and changed with a look at the difference first (组织调整).

Invariant: a change is made whole or not at all, by whoever holds a post that may at that instant; what is refused names the row.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator, Field

from adapters.postgres import organisation_document
from adapters.postgres.directory import Person
from adapters.postgres.organisation import Amended, Amendment, Kept, plain
from domain import access
from domain.requests import Answer
from services.api import organisation_bodies as bodies
from services.api import parameters, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.views import Page

router = APIRouter(prefix="/v1/organisation", tags=["组织"], route_class=Door)

DryRun = Annotated[
    Annotated[bool, BeforeValidator(parameters.truth)], Query(description="true 只列出将有的变动，不调整")
]
Before = Annotated[
    Annotated[int | None, Field(ge=1, le=2**31 - 1), BeforeValidator(parameters.whole)],
    Query(description="上一页的 next"),
]
CHANNEL: Final = "api"


@router.get("", summary="组织", operation_id="get_organisation", responses=responses.WARNINGS)
async def organisation(_person: Caller, services: Wired) -> bodies.OrganisationView:
    """现在及以后的单位、岗位、任职与代理，写成可改后提交的样子。"""
    now = services.clock()
    found, version = await services.organisation.read()
    local = await services.organisation.local(now)
    return bodies.OrganisationView(version=version, document=organisation_document.written(found, now, local))


@router.get(
    "/edits", summary="组织调整记录", operation_id="list_organisation_edits", responses=responses.WARNINGS
)
async def edits(
    _person: Caller, services: Wired, cursor: Before = None, limit: Limit = 20
) -> Page[bodies.OrganisationEditView]:
    """历次调整：何人、以何岗位、何时、为何、改了哪些行；后作的在前。"""
    found = await services.organisation.edits(cursor, limit + 1)
    people = {row[name] for row in found for name in ("person_id", "on_behalf_of") if row[name]}
    names = await services.directory.names(people, {row["post_id"] for row in found if row["post_id"]})
    items = [
        bodies.OrganisationEditView(
            **{name: row[name] for name in ("version", "at", "channel", "reason", "differences")},
            person=names.get(row["person_id"]),
            post=names.get(row["post_id"]),
            on_behalf_of=names.get(row["on_behalf_of"]),
        )
        for row in found[:limit]
    ]
    return Page(items=items, next=str(items[-1].version) if len(found) > limit else None)


@router.post(
    "/edits",
    summary="调整组织",
    operation_id="edit_organisation",
    response_model=bodies.EditedView,
    responses=responses.EDIT_ORGANISATION,
)
async def edit(
    body: bodies.EditBody, person: Caller, services: Wired, key: IdempotencyKey, dry_run: DryRun = False
) -> JSONResponse:
    """调整单位、岗位、任职与代理，一次生效。换人即刻接替，在办事项、时限、督办与通知随岗位走，无须另行发文。"""
    wanted = await _amendment(services, person, body)
    if dry_run:
        made = await services.organisation.preview(wanted)
        return respond(_answer(made, dry_run=True))
    request = request_of(person, key, "organisation", body)
    kept = Kept(request=request, render=lambda made: _answer(made, dry_run=False))
    made_now, answer = await services.organisation.apply(wanted, kept)
    return respond(answer or _answer(made_now, dry_run=False), headers=None if made_now else REPLAYED)


async def _amendment(services: Services, person: Person, body: bodies.EditBody) -> Amendment:
    now = services.clock()
    holding = person.actor.capacity(access.EDITING, "")
    if holding is None:
        raise access.refusal("edit_organisation")
    midnight = await services.organisation.midnight(now)
    return Amendment(
        proposal=organisation_document.proposal(bodies.rows(body.document), body.takes, midnight),
        now=now,
        channel=CHANNEL,
        reason=body.reason,
        person_id=person.actor.person_id,
        post_id=holding.post_id,
        on_behalf_of=holding.on_behalf_of,
        seen=body.expected_version,
    )


def _answer(made: Amended | None, *, dry_run: bool) -> Answer:
    found = made or Amended(differences=(), version=0)
    view = bodies.EditedView(
        version=found.version,
        dry_run=dry_run,
        differences=[bodies.DifferenceView(**plain(one)) for one in found.differences],
    )
    return Answer(status=200, body=view.model_dump(mode="json"))
