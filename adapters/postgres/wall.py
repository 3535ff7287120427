"""The second wall (行级安全): PostgreSQL itself shows each person's rows only, whatever a query forgets to ask.

Invariant: no statement goes out for somebody without the database being told who asks, inside the same transaction
(``SET LOCAL``), so nothing stays behind for the next user of the connection; for nobody it shows nothing. The explicit
predicates of every query stay: the wall is never alone (it is slower by itself, and a query that forgot one is a bug to find).
Whoever's posts reach the whole district is served by the role that sees it, without quals that would hinder its indexes.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from adapters.postgres.database import Connection, Database
from domain.people import Actor

_BEGIN: Final = "BEGIN; SET LOCAL app.units = {}; SET LOCAL app.posts = {}; SET LOCAL app.person = {}"
"""Begins a transaction and tells the policies who asks, until it ends. One round trip for all of it takes no parameters; as
settings these cost the server half of what a query of ``set_config`` does."""

_SEPARATOR: Final = "\x1f"

EXEMPT: Final[Mapping[str, str]] = {
    "schema_migrations": "no rows of anybody",
    "case_numbers": "counts by year, the same for everybody",
    "access_log": "appended by the database's own function only; read before it is known who asks, and by oversight",
    "access_chain": "the end of that log",
    "event_positions": "one number, how far the events are counted",
    "event_histories": "up to where positions are those of before a restore: rows of nobody",
    "access_purges": "up to where that log was purged",
    "contact_numbers": "the directory's numbers, sealed; queries state the units, and a whole number is a noted act",
    **dict.fromkeys(("daily_seals", "sealed_heads"), "hashes of chains: no rows of anybody"),
    **dict.fromkeys(
        ("units", "posts", "people", "holders", "desks", "substitutions", "unit_kinds", "areas"),
        "the directory: read to find out who asks, before the wall knows; queries for people state the units themselves",
    ),
    **dict.fromkeys(
        ("accounts", "invitations", "sessions", "refresh_tokens", "throttles"),
        "who may come in: read to find out who asks, before the wall knows; every statement names its person or its secret",
    ),
    **dict.fromkeys(
        ("levels", "categories", "criteria", "policies"),
        "what everybody goes by; who may change it is the table of operations' to say",
    ),
    **dict.fromkeys(
        ("calendar_regions", "official_years", "calendar_days", "calendar_edits"),
        "the calendar that everybody goes by; who may change it is the table of operations' to say",
    ),
    "bulletin_policies": "how bulletins are made, which everybody goes by; who may change it is the table of operations' to say",
    **dict.fromkeys(
        ("collection_kinds", "collection_series", "collection_periods", "collection_numbers"),
        "what is collected from everybody, and when: rows of no unit",
    ),
    **dict.fromkeys(
        (
            "collections",
            "collection_changes",
            "collection_frozen",
            "collection_standings",
            "collection_reminders",
        ),
        "what is asked of all units, and lists of all of them: read by the engine and by those who see the district; the query "
        "of a collection states the units that it asks",
    ),
}
"""Tables without row-level security, and why that is right. A table with neither a policy nor a reason fails a test."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one person may see: rows of these units (``None``: of all), what is addressed to these posts, and one's own."""

    units: frozenset[str] | None
    posts: frozenset[str]
    person_id: str

    @cached_property
    def beginning(self) -> str:
        """Begins a transaction that knows who asks."""
        texts = (
            _SEPARATOR.join(sorted(self.units or ())),
            _SEPARATOR.join(sorted(self.posts)),
            self.person_id,
        )
        return _BEGIN.format(*map(_literal, texts))


_SEEN: Final[ContextVar[Seen | None]] = ContextVar("seen", default=None)


def see_as(actor: Actor) -> None:
    """From now on this request asks for ``actor``, by all of the posts held."""
    posts = frozenset(held.post_id for held in actor.holdings)
    see(Seen(units=actor.visible_units(), posts=posts, person_id=actor.person_id))


def see(seen: Seen | None) -> None:
    """From now on this request (its task, and what that starts) asks for somebody, or for nobody."""
    _SEEN.set(seen)


def _literal(text: str) -> str:
    """A text as SQL has it, however the server reads backslashes elsewhere."""
    escaped = text.replace("\\", r"\\").replace("'", "''")
    return f"E'{escaped}'"


class Walled(Database):
    """The database as whoever asks may see it: ``role`` is subject to the wall, ``whole`` sees the district."""

    def __init__(self, role: Database, whole: Database) -> None:
        super().__init__(role._pool, role._timeout)
        self._role, self._whole = role, whole

    @classmethod
    @asynccontextmanager
    async def between(cls, url: str, whole_url: str, *, size: int, timeout: float) -> AsyncIterator["Walled"]:
        """Pools of at most ``size`` connections for either role; both connect on first use."""
        async with AsyncExitStack() as stack:
            role = await stack.enter_async_context(Database.opened(url, size=size, timeout=timeout))
            whole = await stack.enter_async_context(Database.opened(whole_url, size=size, timeout=timeout))
            yield cls(role, whole)

    def connection(self, patience: float | None = None) -> AbstractAsyncContextManager[Connection]:
        """One connection that shows what the asker may see, in a transaction of its own where that has to be told."""
        seen = _SEEN.get()
        if seen is None:
            return self._role.connection(patience)
        return self._whole.connection(patience) if seen.units is None else self.transaction(patience)

    def transaction(self, patience: float | None = None) -> AbstractAsyncContextManager[Connection]:
        """The same inside one transaction, committed on leaving; whoever asks is told in the round trip that begins it."""
        seen = _SEEN.get()
        if seen is None:
            return self._role.transaction(patience)
        if seen.units is None:
            return self._whole.transaction(patience)
        return self._role.begun(seen.beginning, patience)
