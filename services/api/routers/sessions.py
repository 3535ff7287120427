"""Sessions: sign in, go on, sign out here and everywhere.

Invariant: no answer that carries a token is kept under a key, and none says why somebody was not let in.
"""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, SecretStr, StringConstraints

from adapters.postgres.database import Connection
from adapters.postgres.sessions import Refreshed
from domain.access_log import AccessKind
from domain.errors import Kind, Refused
from domain.sessions import Verdict
from services.api import bodies, entering
from services.api import identity_responses as responses
from services.api.deps import Caller, OwnToken, Services, Wired
from services.api.door import Door
from services.api.gates import OpenDoor, Source
from services.api.sign_in import access_token, sign_in
from services.api.unauthenticated import Unauthenticated

open_router = APIRouter(prefix="/v1", tags=["登录与账号"], route_class=OpenDoor)
router = APIRouter(prefix="/v1", tags=["登录与账号"], route_class=Door)

Login = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
SessionId = Annotated[
    str,
    Path(pattern=r"^[0-9a-f]{32}$", description="会话编号", examples=["0123456789abcdef0123456789abcdef"]),
]


class SignIn(BaseModel):
    """A login and its password."""

    model_config = bodies.like(login="p-office", password="一句好记的话 2026")  # noqa: S106 - an example

    login: Login = Field(description="账号名")
    password: Secret = Field(description="口令")
    device: Secret | None = Field(
        default=None, description="上次在本设备登录得到的 device_token：别处的失败尝试不影响本设备"
    )


class Refresh(BaseModel):
    """A refresh token."""

    model_config = bodies.like(refresh_token="bhr_0123456789")  # noqa: S106 - an example

    refresh_token: Secret = Field(description="登录或上次续期得到的续期令牌，只能用一次")


class TokensView(BaseModel):
    """The tokens of a session."""

    session_id: str = Field(description="会话编号")
    token_type: Literal["Bearer"] = Field(default="Bearer", description="令牌类型：放在 Authorization 中")
    access_token: str = Field(description="访问令牌")
    expires_in: int = Field(description="访问令牌几秒后过期")
    refresh_token: str = Field(description="续期令牌，只能用一次，请安全保存")
    session_expires_at: datetime = Field(description="会话最迟到何时，届时须重新登录")
    device_token: str | None = Field(default=None, description="本设备的凭记，下次登录时附上")


class SessionView(BaseModel):
    """A session that goes on."""

    id: str
    begun_at: datetime = Field(description="登录时间")
    seen_at: datetime = Field(description="最近一次续期的时间")
    expires_at: datetime = Field(description="最迟到何时")
    current: bool = Field(description="是否本次请求所用的会话")


class SessionsView(BaseModel):
    """My sessions."""

    items: list[SessionView]


@open_router.post(
    "/sessions", status_code=201, summary="登录", operation_id="sign_in", responses=responses.SIGN_IN
)
async def begin(body: SignIn, services: Wired, source: Source) -> TokensView:
    """以本系统的账号登录。账号不存在、口令不对、已停用，答复相同；连续失败后须等待（429，Retry-After）。"""
    device = body.device.get_secret_value() if body.device else None
    done = await sign_in(services, body.login, body.password.get_secret_value(), device, source)
    return _view(
        services, done.access_token, done.begun.refresh_token, done.begun.id, done.begun.expires_at
    ).model_copy(update={"device_token": done.device_token})


@open_router.post("/tokens", summary="续期", operation_id="refresh_session", responses=responses.REFRESH)
async def refresh(body: Refresh, services: Wired) -> TokensView:
    """用续期令牌换新的令牌。旧的即作废；十秒内重复提交得到相同的答复，再晚则视为被盗用，整个会话退出。"""
    now = services.clock()
    done = await services.identity.sessions.refresh(body.refresh_token.get_secret_value(), now)
    if done.begun is None:
        raise Unauthenticated("session_over", noted=await _over(services, done, now))
    token = access_token(services, done.begun, now)
    return _view(services, token, done.begun.refresh_token, done.begun.id, done.begun.expires_at)


@router.get("/sessions", summary="我的登录会话", operation_id="list_sessions", responses=responses.MINE)
async def sessions(person: Caller, token: OwnToken, services: Wired) -> SessionsView:
    """本人尚未退出的会话，最近登录的在前。"""
    found = await services.identity.sessions.of_person(person.actor.person_id, services.clock())
    return SessionsView(items=[SessionView(**one, current=one["id"] == token.session_id) for one in found])


@router.delete(
    "/me/session", status_code=204, summary="退出", operation_id="sign_out", responses=responses.SIGN_OUT_HERE
)
async def sign_out(person: Caller, token: OwnToken, services: Wired) -> None:
    """退出本次请求所用的会话，其令牌即刻失效。"""
    if token.session_id is None:
        raise Refused(Kind.CONFLICT, "no_session", "所用的令牌不属于任何登录会话")
    now = services.clock()
    await _end(services, person.actor.person_id, token.session_id, now)


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    summary="退出一个会话",
    operation_id="end_session",
    responses=responses.SIGN_OUT_ONE,
)
async def end(session_id: SessionId, person: Caller, services: Wired) -> None:
    """退出本人的另一个会话，例如遗失的手机上的。"""
    now = services.clock()
    mine = {one["id"] for one in await services.identity.sessions.of_person(person.actor.person_id, now)}
    if session_id not in mine:
        raise Refused(Kind.UNKNOWN, "session_unknown", "没有这个会话")
    await _end(services, person.actor.person_id, session_id, now)


@router.delete(
    "/sessions",
    status_code=204,
    summary="全部退出",
    operation_id="sign_out_everywhere",
    responses=responses.SIGN_OUT,
)
async def sign_out_everywhere(person: Caller, services: Wired) -> None:
    """退出本人的所有会话；此前由身份系统签发的令牌也不再有效。"""
    now = services.clock()
    person_id = person.actor.person_id
    async with services.database.transaction() as connection:
        await services.identity.accounts.sign_out_everywhere(connection, person_id, now)
        await _signed_out(services, connection, person_id, "sessions", now)


async def _over(services: Services, done: Refreshed, now: datetime) -> bool:
    """Whether there is a row for it: for a session that has just ended so, none for a token of one that ended before."""
    if done.verdict is Verdict.ENDED:
        return False
    stolen = done.verdict is Verdict.REUSED
    kind = AccessKind.SIGN_IN_FAILED if stolen else AccessKind.SIGN_OUT
    await entering.note(
        services,
        kind,
        now,
        person_id=done.person_id,
        subject=f"session:{done.session_id}",
        outcome=entering.FAILED if stolen else "ok",
        reason=done.verdict.value,
        connection=None,
    )
    return True


async def _end(services: Services, person_id: str, session_id: str, now: datetime) -> None:
    async with services.database.transaction() as connection:
        await services.identity.sessions.end(connection, [session_id], "signed_out", now)
        await _signed_out(services, connection, person_id, f"session:{session_id}", now)


async def _signed_out(
    services: Services, connection: Connection, person_id: str, what: str, now: datetime
) -> None:
    await entering.note(
        services, AccessKind.SIGN_OUT, now, person_id=person_id, subject=what, connection=connection
    )


def _view(services: Services, access: str, again: str, session_id: str, expires_at: datetime) -> TokensView:
    return TokensView(
        session_id=session_id,
        access_token=access,
        expires_in=int(services.identity.sessions.limits.access.total_seconds()),
        refresh_token=again,
        session_expires_at=expires_at,
    )
