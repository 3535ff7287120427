"""Signing in with a local account: tries are counted first, then the password is compared, then a session begins.

Invariant: a try is counted before it is made and taken back when it was right. Nobody can lock out somebody else: tries
are counted by account and address, wider counters bind only strangers, and whoever has signed in on a device before has a
counter of that device alone (decision 14). What is refused never says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.postgres import accounts
from adapters.postgres.accounts import Account
from adapters.postgres.sessions import Begun
from adapters.postgres.throttle import Bucket
from domain.access_log import AccessKind
from services.api import entering
from services.api.deps import Services
from services.api.problems import ComeBack
from services.api.unauthenticated import Unauthenticated

SHORT: Final = timedelta(minutes=15)
BY_PAIR: Final = 5
BY_DEVICE: Final = 5
BY_SOURCE: Final = 30
LONG: Final = timedelta(hours=1)
BY_ACCOUNT: Final = 100
"""Failures an hour of one account from all addresses that nobody has signed in from: six addresses reach it, not one."""

DEVICE_LIFETIME: Final = timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session, its first access token, and what tells this device from a stranger's next time."""

    begun: Begun
    access_token: str
    device_token: str


async def sign_in(services: Services, login: str, password: str, device: str | None, source: str) -> SignedIn:
    """A new session for whoever knows the password. Raises ``Unauthenticated``, ``ComeBack``, ``Temporary``."""
    identity, now = services.identity, services.clock()
    if not identity.local:
        raise Unauthenticated("sign_in_failed")
    account = await identity.accounts.by_login(login)
    counted = _counters(services, accounts.normal(login), account, device, source, now)
    await take(services, counted, now)
    right = await identity.passwords.matches(account.password if account else None, password)
    if account is None or not right or account.disabled:
        await _failed(services, accounts.normal(login), account, source, now)
        raise Unauthenticated("sign_in_failed", noted=True)
    await identity.throttle.give_back(counted, now)
    await _renewed(services, account, password)
    async with services.database.transaction() as connection:
        begun = await identity.sessions.begin(connection, account.person_id, now)
        await entering.note(
            services,
            AccessKind.SIGN_IN,
            now,
            person_id=account.person_id,
            subject=f"session:{begun.id}",
            reason=f"source {source}",
            connection=connection,
        )
    return SignedIn(
        begun=begun,
        access_token=access_token(services, begun, now),
        device_token=services.tokens.device(account.person_id, now, DEVICE_LIFETIME),
    )


def access_token(services: Services, begun: Begun, now: datetime) -> str:
    """A short token of a session."""
    return services.tokens.issue(begun.person_id, now, services.identity.sessions.limits.access, begun.id)


async def take(services: Services, counters: Sequence[Bucket], now: datetime) -> None:
    """Count a try. Raises ``ComeBack`` (``too_many_tries``) where there were too many."""
    wait = await services.identity.throttle.take(counters, now)
    if wait is not None:
        raise ComeBack("too_many_tries", seconds=int(wait.total_seconds()) + 1)


def _counters(
    services: Services, login: str, account: Account | None, device: str | None, source: str, now: datetime
) -> list[Bucket]:
    key = services.identity.counter
    if account is not None and device is not None and _is_known(services, account, device, now):
        return [Bucket(key=key("device", device), most=BY_DEVICE, window=SHORT)]
    return [
        Bucket(key=key("pair", login, source), most=BY_PAIR, window=SHORT),
        Bucket(key=key("source", source), most=BY_SOURCE, window=SHORT),
        Bucket(key=key("account", login), most=BY_ACCOUNT, window=LONG),
    ]


def _is_known(services: Services, account: Account, device: str, now: datetime) -> bool:
    """Whether this person has signed in there before, after the last time that everything was signed out."""
    since = services.tokens.device_since(device, account.person_id, now)
    # a token tells whole seconds
    return since is not None and (
        account.tokens_from is None or since >= account.tokens_from.replace(microsecond=0)
    )


async def _failed(
    services: Services, login: str, account: Account | None, source: str, now: datetime
) -> None:
    """A row for a failure; what was typed for a login that nobody has may be a password, so it is only counted by."""
    await entering.note(
        services,
        AccessKind.SIGN_IN_FAILED,
        now,
        person_id=account.person_id if account else None,
        subject=f"login:{services.identity.counter('account', login)[:16]}",
        outcome=entering.FAILED,
        reason=f"source {source}",
        connection=None,
    )


async def _renewed(services: Services, account: Account, password: str) -> None:
    """Hash the password again where today's parameters are others."""
    passwords = services.identity.passwords
    if account.password is not None and passwords.is_outdated(account.password):
        await services.identity.accounts.rehash(account, await passwords.hashed(password))
