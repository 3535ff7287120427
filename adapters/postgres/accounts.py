"""Local accounts: who may sign in with a password, their invitations, and shutting somebody out.

Invariant: there is no password that nobody set: an account without one lets nobody in, and is opened by a one-time code of
which only the SHA-256 is kept. Whatever changes who may sign in ends the sessions there are.
"""

import secrets
import unicodedata
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from adapters.postgres.database import Connection, Database
from adapters.postgres.sessions import digest
from domain.errors import Kind, Refused

PREFIX: Final = "bhi_"
"""How the code of an invitation begins."""

_BY_LOGIN: Final = """
SELECT accounts.person_id, login, password, disabled_at IS NOT NULL AS disabled, tokens_from, people.name
FROM accounts JOIN people ON people.id = accounts.person_id WHERE login = $1
"""
"""The account of a login."""

_BY_PERSON: Final = """
SELECT accounts.person_id, login, password, disabled_at IS NOT NULL AS disabled, tokens_from, people.name
FROM accounts JOIN people ON people.id = accounts.person_id WHERE accounts.person_id = $1
"""
"""The account of a person."""

_OPEN: Final = """
INSERT INTO accounts (person_id, login, created_at) SELECT id, $2, $3 FROM people WHERE id = $1
ON CONFLICT (person_id) DO UPDATE SET login = coalesce($2, accounts.login) RETURNING login
"""
"""An account for a person who is known; one that is there keeps its password."""

_INVITE: Final = "INSERT INTO invitations (digest, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)"
"""A one-time code."""

_WITHDRAW: Final = "DELETE FROM invitations WHERE person_id = $1"
"""Earlier codes of the same person."""

_INVITED: Final = """
SELECT person_id FROM invitations WHERE digest = $1 AND used_at IS NULL AND expires_at > $2 FOR UPDATE
"""
"""Whose code it is, if it may still be used."""

_USED: Final = "UPDATE invitations SET used_at = $2 WHERE digest = $1"
"""The code is used."""

_SET: Final = "UPDATE accounts SET password = $2, password_set_at = $3, tokens_from = $3 WHERE person_id = $1"
"""A new password; devices and tokens from before are not trusted any more."""

_REHASH: Final = "UPDATE accounts SET password = $3 WHERE person_id = $1 AND password = $2"
"""The same password under newer parameters."""

_SHUT: Final = """
INSERT INTO accounts (person_id, disabled_at, tokens_from, created_at) SELECT id, $2, $2, $2 FROM people WHERE id = $1
ON CONFLICT (person_id) DO UPDATE SET disabled_at = coalesce(accounts.disabled_at, $2), tokens_from = $2 RETURNING person_id
"""
"""Nobody comes in as this person any more, by whatever way."""

_ENABLE: Final = "UPDATE accounts SET disabled_at = NULL WHERE person_id = $1 RETURNING person_id"
"""The person may come in again."""

_FROM_NOW: Final = """
INSERT INTO accounts (person_id, tokens_from, created_at) SELECT id, $2, $2 FROM people WHERE id = $1
ON CONFLICT (person_id) DO UPDATE SET tokens_from = $2 RETURNING person_id
"""
"""Tokens from before do not count any more."""

_END_ALL: Final = """
UPDATE sessions SET ended_at = $2, ended_why = $3 WHERE person_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $4
"""
"""End every session of a person, but for one."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A local account; ``password`` is the encoded hash, ``None`` until its owner sets one."""

    person_id: str
    login: str | None
    password: str | None
    disabled: bool
    tokens_from: datetime | None
    name: str


def normal(login: str) -> str:
    """A login as it is compared: width, case and outer spaces do not count."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


class PostgresAccounts:
    """Keeps accounts and invitations; what changes who may sign in is done, and noted, in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_login(self, login: str) -> Account | None:
        """The account of a login."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_BY_LOGIN, normal(login))
        return Account(**row) if row else None

    async def by_person(self, person_id: str) -> Account | None:
        """The account of a person."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_BY_PERSON, person_id)
        return Account(**row) if row else None

    async def invite(
        self, connection: Connection, person_id: str, login: str | None, now: datetime, lifetime: timedelta
    ) -> tuple[str, str]:
        """Open an account where there is none, and give its login and a one-time code; earlier codes are void.

        Raises ``Refused`` (``person_unknown``, ``login_taken``).
        """
        code = PREFIX + urlsafe_b64encode(secrets.token_bytes(24)).decode()
        account = await connection.fetchrow(_BY_PERSON, person_id)
        wanted = normal(login or (account and account["login"]) or person_id)
        try:
            opened = await connection.fetchval(_OPEN, person_id, wanted, now)
        except asyncpg.UniqueViolationError as error:
            raise Refused(Kind.CONFLICT, "login_taken", "这个账号名已有人使用", field="login") from error
        if opened is None:
            raise unknown()
        await connection.execute(_WITHDRAW, person_id)
        await connection.execute(_INVITE, digest(code), person_id, now, now + lifetime)
        return opened, code

    async def invited(self, code: str, now: datetime) -> Account | None:
        """Whose code it is at ``now``, if it may still be used; it stays usable."""
        async with self._database.transaction() as connection:
            return await _invited(connection, code, now)

    async def set_up(self, connection: Connection, code: str, encoded: str, now: datetime) -> Account | None:
        """Use a code to set the password; ``None`` when it was used or is over. Sessions of before end."""
        account = await _invited(connection, code, now)
        if account is not None:
            await connection.execute(_USED, digest(code), now)
            await _set(connection, account.person_id, encoded, now, "set_up")
        return account

    async def set_password(
        self, connection: Connection, person_id: str, encoded: str, now: datetime, keep: str | None
    ) -> None:
        """A new password; every session of the person ends, but for ``keep``."""
        await _set(connection, person_id, encoded, now, "password_changed", keep)

    async def rehash(self, account: Account, encoded: str) -> None:
        """Keep the same password under newer parameters, unless it was changed meanwhile."""
        async with self._database.connection() as connection:
            await connection.execute(_REHASH, account.person_id, account.password, encoded)

    async def disable(self, connection: Connection, person_id: str, now: datetime) -> None:
        """Shut a person out, by whatever way they sign in. Raises ``Refused`` (``person_unknown``)."""
        _known(await connection.fetchval(_SHUT, person_id, now))
        await connection.execute(_END_ALL, person_id, now, "disabled", None)

    async def enable(self, connection: Connection, person_id: str) -> None:
        """Let a person in again. Raises ``Refused`` (``person_unknown``)."""
        _known(await connection.fetchval(_ENABLE, person_id))

    async def sign_out_everywhere(self, connection: Connection, person_id: str, now: datetime) -> None:
        """End every session of a person, and tokens from elsewhere that were issued before ``now``."""
        _known(await connection.fetchval(_FROM_NOW, person_id, now))
        await connection.execute(_END_ALL, person_id, now, "everywhere", None)


async def _invited(connection: Connection, code: str, now: datetime) -> Account | None:
    person_id = await connection.fetchval(_INVITED, digest(code), now)
    row = await connection.fetchrow(_BY_PERSON, person_id) if person_id else None
    return Account(**row) if row and not row["disabled"] else None


async def _set(
    connection: Connection, person_id: str, encoded: str, now: datetime, why: str, keep: str | None = None
) -> None:
    await connection.execute(_SET, person_id, encoded, now)
    await connection.execute(_WITHDRAW, person_id)
    await connection.execute(_END_ALL, person_id, now, why, keep)


def _known(person_id: str | None) -> None:
    if person_id is None:
        raise unknown()


def unknown() -> Refused:
    """The refusal for somebody who is not in the directory."""
    return Refused(Kind.UNKNOWN, "person_unknown", "没有这个人员")
