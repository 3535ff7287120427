"""Passwords and accounts: set one up by an invitation, change one's own, shut somebody out.

Invariant: a password is in no answer, key or record; who sets a new one ends the sessions there were.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StrictBool

from adapters.postgres import requests
from adapters.postgres.accounts import Account
from adapters.postgres.database import Connection
from adapters.postgres.throttle import Bucket
from domain import passwords
from domain.access_log import AccessKind
from domain.errors import Kind, Refused
from domain.requests import Answer
from services.api import bodies, entering, patterns
from services.api import identity_responses as responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, OwnToken, Services, Wired
from services.api.door import Door
from services.api.editors import editor
from services.api.gates import OpenDoor, Source
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED
from services.api.routers.sessions import Secret
from services.api.sign_in import BY_DEVICE, BY_SOURCE, SHORT, take
from services.api.unauthenticated import Unauthenticated

open_router = APIRouter(prefix="/v1/passwords", tags=["登录与账号"], route_class=OpenDoor)
router = APIRouter(prefix="/v1", tags=["登录与账号"], route_class=Door)

_EXAMPLE = "一句好记的话 2026"


class SetUp(BaseModel):
    """An invitation's code and the password to set."""

    model_config = bodies.like(code="bhi_0123456789", password=_EXAMPLE)

    code: Secret = Field(description="管理员发给的一次性设置码（bihuan account invite）")
    password: Secret = Field(description="要设置的口令")


class ChangePassword(BaseModel):
    """The present password and the new one."""

    model_config = bodies.like(current="原来的口令 2026", password=_EXAMPLE)

    current: Secret = Field(description="现在的口令")
    password: Secret = Field(description="新的口令")


class RulesView(BaseModel):
    """What a password must be."""

    length: int = Field(description="至少几个字符")
    classes: int = Field(description="至少含数字、小写字母、大写字母、其他字符中的几种")


class AccountState(BaseModel):
    """Whether somebody may sign in."""

    model_config = bodies.like(disabled=True)

    disabled: StrictBool = Field(description="true 停用：所有会话即刻退出，以任何方式都不能登录")


class AccountView(BaseModel):
    """Whether somebody may sign in."""

    person_id: str
    disabled: bool = Field(description="是否已停用")


@open_router.get("", summary="口令要求", operation_id="get_password_rules", responses=responses.RULES)
async def rules(services: Wired) -> RulesView:
    """口令的长度与复杂度要求（GB/T 22239 8.1.4.1），另不得常见、有规律或含账号。"""
    return RulesView(length=services.identity.rules.length, classes=services.identity.rules.classes)


@open_router.post(
    "",
    status_code=204,
    summary="首次设置口令",
    operation_id="set_up_account",
    responses=responses.SET_UP,
)
async def set_up(body: SetUp, services: Wired, source: Source) -> None:
    """以一次性设置码设置口令。设置码只能用一次；此前的会话全部退出。"""
    identity, now = services.identity, services.clock()
    counted = [Bucket(key=identity.counter("setup", source), most=BY_SOURCE, window=SHORT)]
    await take(services, counted, now)
    code, password = body.code.get_secret_value(), body.password.get_secret_value()
    account = await identity.accounts.invited(code, now)
    if account is None or not identity.local:
        raise Unauthenticated("code_invalid")
    passwords.check(password, identity.rules, account.login or "", account.person_id, account.name)
    encoded = await identity.passwords.hashed(password)
    async with services.database.transaction() as connection:
        if await identity.accounts.set_up(connection, code, encoded, now) is None:
            raise Unauthenticated("code_invalid")
        await _wrote(services, connection, account, "set_up", now)
    await identity.throttle.give_back(counted, now)


@router.put(
    "/me/password",
    status_code=204,
    summary="更换口令",
    operation_id="change_password",
    responses=responses.PASSWORD,
)
async def change(body: ChangePassword, person: Caller, token: OwnToken, services: Wired) -> None:
    """更换本人的口令，须先给出现在的口令；其他会话全部退出。"""
    identity, now = services.identity, services.clock()
    account = await identity.accounts.by_person(person.actor.person_id)
    if account is None or account.password is None or not identity.local:
        raise Refused(Kind.CONFLICT, "no_password", "本人没有本系统的口令")
    # by the session: who has taken one over must not keep the owner from changing it in another
    counted = [
        Bucket(
            key=identity.counter("change", token.session_id or "", account.person_id),
            most=BY_DEVICE,
            window=SHORT,
        )
    ]
    await take(services, counted, now)
    if not await identity.passwords.matches(account.password, body.current.get_secret_value()):
        await _wrote(services, None, account, "change_password", now, outcome=entering.FAILED)
        raise Refused(Kind.INVALID, "password_wrong", "现在的口令不对", fields=["current"])
    password = body.password.get_secret_value()
    passwords.check(password, identity.rules, account.login or "", account.person_id, account.name)
    encoded = await identity.passwords.hashed(password)
    async with services.database.transaction() as connection:
        await identity.accounts.set_password(connection, account.person_id, encoded, now, token.session_id)
        await _wrote(services, connection, account, "change_password", now)
    await identity.throttle.give_back(counted, now)


@router.put(
    "/accounts/{person_id}",
    summary="停用或启用账号",
    operation_id="put_account",
    response_model=AccountView,
    responses=responses.ACCOUNT,
)
async def put_account(
    person_id: Annotated[str, Path(pattern=patterns.CODE, description="人员编号", examples=["p-office"])],
    body: AccountState,
    person: Caller,
    services: Wired,
    key: IdempotencyKey,
) -> JSONResponse:
    """停用后该人员的会话与令牌即刻失效，由其签发的单案链接也失效；不能停用本人。"""
    now = services.clock()
    editor(person, now)
    if person_id == person.actor.person_id:
        raise Refused(Kind.CONFLICT, "own_account", "不能停用或启用本人的账号")
    request, accounts = request_of(person, key, f"accounts/{person_id}", body), services.identity.accounts
    view = AccountView(person_id=person_id, disabled=body.disabled)
    answer = Answer(status=200, body=view.model_dump(mode="json"))
    async with services.database.transaction() as connection:
        if earlier := await requests.claim(connection, request, now):
            return respond(earlier, headers=REPLAYED)
        if body.disabled:
            await accounts.disable(connection, person_id, now)
        else:
            await accounts.enable(connection, person_id)
        await requests.keep(connection, request, answer)
    return respond(answer)


async def _wrote(
    services: Services,
    connection: Connection | None,
    account: Account,
    what: str,
    now: datetime,
    outcome: str = "ok",
) -> None:
    await entering.note(
        services,
        AccessKind.WRITE,
        now,
        person_id=account.person_id,
        subject=f"account:{account.person_id}",
        outcome=outcome,
        reason=what,
        connection=connection,
    )
