"""Where people, posts and groups are reached besides the inbox (通知渠道): registered, verified by a code, tried, quiet, given up.

Invariant: an address is taken once and never shown whole again; nothing but a code is sent to one that is not verified.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from adapters.channels import addresses
from adapters.postgres.contact_points import ContactPoint
from adapters.postgres.directory import Person
from adapters.postgres.throttle import Bucket
from domain import access
from domain.delivery.sending import Address, Outgoing, PermanentFailure, TemporaryFailure
from domain.errors import Kind, Refused
from domain.requests import Answer, Request
from services.api import patterns, responses
from services.api.commands import request_of
from services.api.contact_point_views import CodeBody, MuteBody, PointBody, PointView, view
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.sign_in import take
from services.api.views import Page

router = APIRouter(prefix="/v1/contact-points", tags=["通知渠道"], route_class=Door)

PointId = Annotated[
    str, Path(pattern=patterns.CONTACT_POINT_ID, description="通知渠道编号", examples=["c-" + "0" * 32])
]
_CODE_TEXT: Final = "验证码 {code}，15分钟内有效。收到的人请在安全隐患闭环系统中填写，以后通知将发到这里。"
_TEST_TEXT: Final = "这是安全隐患闭环系统的测试消息，收到即表示此渠道可用。"
_MOST_THERE: Final = 5
_TEN_MINUTES: Final = timedelta(minutes=10)
_MOST_BY_ONE: Final = 60
_HOUR: Final = timedelta(hours=1)
"""Codes and tests: so many to one contact point in ten minutes, and by one person in an hour."""


@router.get("", summary="通知渠道", operation_id="list_contact_points", responses=responses.READ)
async def points(
    person: Caller,
    services: Wired,
    cursor: Annotated[
        str | None, Query(pattern=patterns.CONTACT_POINT_ID, description="上一页的 next")
    ] = None,
    limit: Limit = 20,
) -> Page[PointView]:
    """本人与所任岗位的通知渠道；办公室与领导可见全部。地址均已脱敏。"""
    owners = None if _directs(person) else _own(person)
    found = await services.contact_points.of(owners, cursor or "", limit + 1)
    items = [view(one) for one in found[:limit]]
    return Page(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "",
    summary="登记通知渠道",
    operation_id="add_contact_point",
    response_model=PointView,
    status_code=201,
    responses=responses.ADD_CONTACT_POINT,
)
async def add(body: PointBody, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """登记一个通知渠道；地址与主机立即核对，密封保存。登记后须凭验证码验证才会使用。"""
    _check_owner(person, body.owner)
    blind = services.contact_points.blinded(body.address + body.secret)
    request = request_of(person, key, "contact-points", [body.owner, body.channel, blind])

    async def do() -> ContactPoint:
        if body.channel not in services.sending:
            message = "本系统没有开通该渠道，请联系管理员"
            raise Refused(Kind.CONFLICT, "channel_not_set_up", message, field="channel")
        given = Address(to=body.address, secret=body.secret)
        address = await addresses.checked(body.channel, given, services.outgoing)
        kind, _, owner = body.owner.partition(":")
        now, by = services.clock(), person.actor.person_id
        added = await services.contact_points.add(kind, owner, body.channel, address, by, now)
        return await _one(services, person, added)

    return await _once(services, request, do, status=201)


@router.post(
    "/{point_id}/code",
    summary="发送验证码",
    operation_id="send_contact_code",
    response_model=PointView,
    responses=responses.CONTACT_POINT,
)
async def send_code(point_id: PointId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """向该渠道发送六位验证码；发不出去会说明原因。"""
    await _counted(services, person, point_id)

    async def do() -> ContactPoint:
        point = await _one(services, person, point_id)
        code = await services.contact_points.new_code(point.id, services.clock())
        await _send(services, point, "验证码", _CODE_TEXT.format(code=code))
        return point

    return await _once(services, request_of(person, key, f"contact-points/{point_id}/code", None), do)


@router.post(
    "/{point_id}/verify",
    summary="验证通知渠道",
    operation_id="verify_contact_point",
    response_model=PointView,
    responses=responses.CONTACT_POINT,
)
async def verify(
    point_id: PointId, body: CodeBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """凭收到的验证码验证；此后通知发到这里。"""

    async def do() -> ContactPoint:
        await _one(services, person, point_id)
        await services.contact_points.verify(point_id, body.code, services.clock())
        return await _one(services, person, point_id)

    return await _once(services, request_of(person, key, f"contact-points/{point_id}/verify", body), do)


@router.post(
    "/{point_id}/test",
    summary="发送测试消息",
    operation_id="test_contact_point",
    response_model=PointView,
    responses=responses.CONTACT_POINT,
)
async def test(point_id: PointId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """向已验证的渠道发送一条测试消息。"""
    await _counted(services, person, point_id)

    async def do() -> ContactPoint:
        point = await _one(services, person, point_id)
        if point.verified_at is None:
            raise Refused(Kind.CONFLICT, "contact_not_verified", "该渠道尚未验证，不能发送")
        await _send(services, point, "测试消息", _TEST_TEXT)
        return point

    return await _once(services, request_of(person, key, f"contact-points/{point_id}/test", None), do)


@router.put(
    "/{point_id}/quiet",
    summary="免打扰",
    operation_id="mute_contact_point",
    response_model=PointView,
    responses=responses.CONTACT_POINT,
)
async def mute(
    point_id: PointId, body: MuteBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """一段时间内不向该渠道发送普通通知。待办清单、逐级督办与紧急通知不受影响。"""

    async def do() -> ContactPoint:
        await _one(services, person, point_id)
        await services.contact_points.mute(point_id, body.until)
        return await _one(services, person, point_id)

    return await _once(services, request_of(person, key, f"contact-points/{point_id}/quiet", body), do)


@router.post(
    "/{point_id}/retire",
    summary="停用通知渠道",
    operation_id="retire_contact_point",
    response_model=PointView,
    responses=responses.CONTACT_POINT,
)
async def retire(point_id: PointId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """停用；尚未发出的改走下一渠道。"""

    async def do() -> ContactPoint:
        point = await _one(services, person, point_id)
        await services.contact_points.retire(point_id, services.clock())
        return point

    return await _once(services, request_of(person, key, f"contact-points/{point_id}/retire", None), do)


async def _once(
    services: Services, request: Request, do: Callable[[], Awaitable[ContactPoint]], *, status: int = 200
) -> JSONResponse:
    if earlier := await services.requests.claim(request, services.clock()):
        return respond(earlier, headers=REPLAYED)
    answer = Answer(status=status, body=view(await do()).model_dump(mode="json"))
    await services.requests.answer(request, answer)
    return respond(answer)


async def _counted(services: Services, person: Person, point_id: str) -> None:
    """Count what somebody has sent at once to a point that is theirs, which no throttle of the dispatchers sees.

    Raises ``Refused`` (``contact_point_unknown``), ``ComeBack`` (``too_many_tries``).
    """
    await _one(services, person, point_id)
    key = services.identity.counter
    counted = [
        Bucket(key=key("contact point", point_id), most=_MOST_THERE, window=_TEN_MINUTES),
        Bucket(key=key("contact points of", person.actor.person_id), most=_MOST_BY_ONE, window=_HOUR),
    ]
    await take(services, counted, services.clock())


async def _send(services: Services, point: ContactPoint, title: str, text: str) -> None:
    """Send there at once. Raises ``Refused`` (``contact_unreachable``) with what the receiver said."""
    now = services.clock()
    address = await services.contact_points.address(point.id)
    letter = Outgoing(id=f"t-{point.id}-{now:%Y%m%d%H%M%S}", title=title, text=text, first_at=now, at=now)
    try:
        await services.sending[point.channel].send(letter, address)
    except (TemporaryFailure, PermanentFailure) as failure:
        message = "发不出去，请核对地址，或稍后再试"
        raise Refused(Kind.CONFLICT, "contact_unreachable", message, why=failure.code) from failure


async def _one(services: Services, person: Person, point_id: str) -> ContactPoint:
    """The point, if it is the asker's to keep. Raises ``Refused`` (``contact_point_unknown``)."""
    point = await services.contact_points.one(point_id)
    of_group = point is not None and point.owner_kind != "person" and _directs(person)
    if point is None or not (of_group or point.owner in _own(person)):
        raise Refused(Kind.UNKNOWN, "contact_point_unknown", "没有这个通知渠道")
    return point


def _own(person: Person) -> list[str]:
    """Whose points the asker keeps: one's own, and those of the posts that one holds."""
    posts = [f"post:{held.post_id}" for held in person.actor.holdings]
    return [f"person:{person.actor.person_id}", *posts]


def _directs(person: Person) -> bool:
    return person.actor.capacity(access.EDITING, "") is not None


def _check_owner(person: Person, owner: str) -> None:
    of_group = not owner.startswith("person:") and _directs(person)
    if owner not in _own(person) and not of_group:
        message = "只能登记本人或所任岗位的通知渠道；群机器人由办公室登记"
        raise Refused(Kind.NOT_ALLOWED, "owner_not_yours", message, field="owner")
