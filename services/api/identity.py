"""What signing in needs, wired: accounts, sessions, passwords, counters of tries, and whose tokens are taken."""

import hmac
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from adapters.passwords import Passwords
from adapters.postgres.accounts import PostgresAccounts
from adapters.postgres.database import Database
from adapters.postgres.sessions import PostgresSessions
from adapters.postgres.throttle import PostgresThrottle
from domain.passwords import PasswordRules
from domain.sessions import Limits
from services import bootstrap
from services.api.bearers import Bearers
from services.openid import provider
from services.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Everything that signing in needs; ``local`` says whether people may do so with a password."""

    local: bool
    accounts: PostgresAccounts
    sessions: PostgresSessions
    passwords: Passwords
    rules: PasswordRules
    throttle: PostgresThrottle
    throttle_key: bytes
    bearers: Bearers
    link_longest: timedelta

    def counter(self, *what: str) -> str:
        """The key of a counter: it tells nothing of the account or address that it counts for."""
        return hmac.digest(self.throttle_key, "\x00".join(what).encode(), "sha256").hex()


@asynccontextmanager
async def opened(settings: Settings, database: Database) -> AsyncIterator[Identity]:
    """All of it, from the settings."""
    async with AsyncExitStack() as stack:
        tokens = bootstrap.token_key(settings)
        elsewhere = await stack.enter_async_context(provider(settings))
        yield Identity(
            local=settings.local_accounts,
            accounts=PostgresAccounts(database),
            sessions=PostgresSessions(database, tokens.derived("refresh"), _limits(settings)),
            passwords=stack.enter_context(Passwords()),
            rules=PasswordRules(length=settings.password_length, classes=settings.password_classes),
            throttle=PostgresThrottle(database),
            throttle_key=tokens.derived("throttle"),
            bearers=Bearers(tokens, elsewhere),
            link_longest=timedelta(seconds=settings.link_longest),
        )


def _limits(settings: Settings) -> Limits:
    """How long sessions last, from the settings."""
    return Limits(
        access=timedelta(seconds=settings.access_lifetime),
        idle=timedelta(seconds=settings.session_idle),
        lifetime=timedelta(seconds=settings.session_lifetime),
    )
