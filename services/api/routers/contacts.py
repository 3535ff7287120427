"""Contact numbers of people and posts (联系方式): masked for those who may know of them, whole for those who must reach somebody.

Invariant: a whole number is in one kind of answer only, that of a reveal, which is on record before it leaves and is never
kept under the request's key.
"""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from adapters.postgres.directory import Person
from domain import access, contacts, phones
from domain.contacts import Numbers, Owner, Reveal, Setting, TooMany
from domain.errors import Kind, Refused
from domain.requests import Answer
from services.api import patterns, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.problems import ComeBack, respond
from services.api.routers.hazards import REPLAYED
from services.api.views import Page

router = APIRouter(prefix="/v1", tags=["联系方式"], route_class=Door)

PersonId = Annotated[str, Path(pattern=patterns.CODE, description="人员编号", examples=["p-office"])]
PostId = Annotated[str, Path(pattern=patterns.CODE, description="岗位编号", examples=["office"])]
Cursor = Annotated[
    str | None,
    Query(pattern=r"^(people|posts)/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="上一页的 next"),
]
Number = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=patterns.LINE)]
_EXAMPLE: Final[dict[str, JsonValue]] = {"mobile": "13800000001", "expected_version": 1}


class ContactView(BaseModel):
    """Numbers on file, masked."""

    id: str = Field(description="people/人员编号 或 posts/岗位编号")
    label: str | None = Field(description="姓名或岗位名称；单独查看时为 null")
    mobile: str | None = Field(description="手机号，已脱敏，如 138****0001；没有登记为 null")
    landline: str | None = Field(description="办公固定电话；没有登记为 null")
    version: int = Field(description="第几版；0 表示还没有登记")
    set_at: datetime | None = Field(description="登记时间；随目录载入的为 null")


class ContactBody(BaseModel):
    """Numbers to put on file in the place of those that are."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    mobile: Number | None = Field(default=None, description="手机号；不填即删去")
    landline: Number | None = Field(default=None, description="办公固定电话，如 010-55550001；只登记在岗位上")
    expected_version: int = Field(
        strict=True, ge=0, le=2**31 - 2, description="所见的 version；期间被人改过则拒绝"
    )


class RevealBody(BaseModel):
    """Why the whole number is needed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "通知今晚值班"}]})

    reason: Annotated[patterns.Text, Field(max_length=200)] = Field(
        description="查看理由，记入访问留痕；不得写入手机号"
    )


class RevealedView(BaseModel):
    """The whole number."""

    id: str = Field(description="people/人员编号 或 posts/岗位编号")
    mobile: str | None = Field(description="完整手机号；没有登记为 null")


@router.get("/contacts", summary="联系方式", operation_id="list_contacts", responses=responses.READ)
async def listed(
    person: Caller, services: Wired, cursor: Cursor = None, limit: Limit = 50
) -> Page[ContactView]:
    """本人可见的联系方式，手机号一律脱敏。"""
    units = access.visible_units("list_contacts", person.actor)
    rows = await services.contacts.page(
        person.actor.person_id, units, services.clock(), cursor or "", limit + 1
    )
    items = [_view(row) for row in rows[:limit]]
    return Page(items=items, next=items[-1].id if len(rows) > limit else None)


@router.get(
    "/people/{person_id}/contact",
    summary="个人联系方式",
    operation_id="get_person_contact",
    responses=responses.CONTACT,
)
async def of_person(person_id: PersonId, person: Caller, services: Wired) -> ContactView:
    """某人登记的手机号，已脱敏。"""
    return _view(await services.contacts.masked(await _person(services, person, person_id)))


@router.get(
    "/posts/{post_id}/contact",
    summary="岗位联系方式",
    operation_id="get_post_contact",
    responses=responses.CONTACT,
)
async def of_post(post_id: PostId, person: Caller, services: Wired) -> ContactView:
    """岗位登记的手机号（已脱敏）与办公固定电话。"""
    return _view(await services.contacts.masked(await _post(services, person, post_id)))


@router.put(
    "/people/{person_id}/contact",
    summary="登记个人联系方式",
    operation_id="set_person_contact",
    response_model=ContactView,
    responses=responses.SET_CONTACT,
)
async def set_person(
    person_id: PersonId, body: ContactBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """登记或更改手机号，加密保存：本人、所在单位主要负责人或办公室可以办理。"""
    return await _set(services, person, await _person(services, person, person_id), body, key)


@router.put(
    "/posts/{post_id}/contact",
    summary="登记岗位联系方式",
    operation_id="set_post_contact",
    response_model=ContactView,
    responses=responses.SET_CONTACT,
)
async def set_post(
    post_id: PostId, body: ContactBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """登记或更改岗位的值班手机号与办公固定电话：所在单位主要负责人或办公室可以办理。"""
    return await _set(services, person, await _post(services, person, post_id), body, key)


@router.post(
    "/people/{person_id}/contact/reveal",
    summary="查看个人完整手机号",
    operation_id="reveal_person_contact",
    responses=responses.REVEAL,
)
async def reveal_person(
    person_id: PersonId, body: RevealBody, person: Caller, services: Wired, key: IdempotencyKey
) -> RevealedView:
    """查看完整号码：须说明理由，每次都记入访问留痕（重复提交也算一次），每人每小时 20 次。"""
    return await _reveal(services, person, await _person(services, person, person_id), body, key)


@router.post(
    "/posts/{post_id}/contact/reveal",
    summary="查看岗位完整手机号",
    operation_id="reveal_post_contact",
    responses=responses.REVEAL,
)
async def reveal_post(
    post_id: PostId, body: RevealBody, person: Caller, services: Wired, key: IdempotencyKey
) -> RevealedView:
    """查看岗位的完整值班手机号，规矩同个人。"""
    return await _reveal(services, person, await _post(services, person, post_id), body, key)


async def _person(services: Services, asker: Person, person_id: str) -> Owner:
    return _seen(await services.contacts.person(person_id, services.clock()), asker, "person", "没有这个人员")


async def _post(services: Services, asker: Person, post_id: str) -> Owner:
    return _seen(await services.contacts.post(post_id), asker, "post", "没有这个岗位")


def _seen(owner: Owner | None, asker: Person, what: str, message: str) -> Owner:
    if owner is None or not contacts.is_visible(f"get_{what}_contact", asker.actor, owner):
        raise Refused(Kind.UNKNOWN, f"{what}_unknown", message)
    return owner


async def _set(services: Services, person: Person, owner: Owner, body: ContactBody, key: str) -> JSONResponse:
    by = contacts.capacity(f"set_{_what(owner)}_contact", person.actor, owner)
    mobile, landline = _read(owner, body)
    # a fingerprint of the number itself could be guessed: there are only so many numbers
    asked = [services.contacts.blinded(mobile), landline, body.expected_version]
    wanted = Setting(
        owner=owner,
        mobile=mobile,
        landline=landline,
        expected=body.expected_version,
        by=person.actor.person_id,
        post_id=by.post_id if by else None,
        on_behalf_of=by.on_behalf_of if by else None,
        request=request_of(person, key, f"{owner.id}/contact", asked),
    )
    answer, is_new = await services.contacts.set(wanted, services.clock(), _answer)
    return respond(answer, headers=None if is_new else REPLAYED)


def _read(owner: Owner, body: ContactBody) -> tuple[str | None, str | None]:
    if owner.person_id and body.landline:
        message = "固定电话登记在岗位上，不登记在人名下"
        raise Refused(Kind.CONFLICT, "landline_of_posts_only", message, field="landline")
    try:
        mobile = phones.mobile(body.mobile) if body.mobile else None
        return mobile, phones.landline(body.landline) if body.landline else None
    except Refused as no:
        # well-formed text that is no number: a conflict, as elsewhere
        raise Refused(Kind.CONFLICT, no.code, no.message, field=no.details["field"]) from None


async def _reveal(
    services: Services, person: Person, owner: Owner, body: RevealBody, key: str
) -> RevealedView:
    wanted = Reveal(
        owner=owner,
        person_id=person.actor.person_id,
        by=contacts.capacity(f"reveal_{_what(owner)}_contact", person.actor, owner),
        reason=body.reason,
        request_id=f"{person.actor.person_id}:{key}",
    )
    try:
        return RevealedView(id=owner.id, mobile=await services.contacts.reveal(wanted, services.clock()))
    except TooMany as many:
        raise ComeBack("too_many_reveals", seconds=many.seconds) from None


def _what(owner: Owner) -> str:
    return "person" if owner.person_id else "post"


def _view(numbers: Numbers) -> ContactView:
    return ContactView(**vars(numbers))


def _answer(numbers: Numbers) -> Answer:
    return Answer(status=200, body=_view(numbers).model_dump(mode="json"))
