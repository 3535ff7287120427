"""The record of bulletins: drafting, and one transaction for each step.

Invariant: a step is written only on top of the one before, while its row is locked; a collection has one bulletin that is not
withdrawn; a number is given with the step that issues, so that none is lost and none is given twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from adapters.postgres import bulletin_lists, bulletin_settings, codecs
from adapters.postgres.database import Connection, Database
from domain import bulletin as rules
from domain.bulletin import Bulletin, BulletinKind, Change, Command, Opening
from domain.collection import Frozen
from domain.errors import Diverged, Kind, Refused
from domain.people import Actor, Holding

PATIENCE: Final = 60.0
"""Seconds for what reads every unit of a list."""
_BULLETIN: Final = TypeAdapter(Bulletin)

_APPEND: Final = """
WITH moved AS (
    INSERT INTO bulletins (id, seq, head, kind, state, collection_id, about, number, title, district, drafted_at,
        issued_at, next_step_at, snapshot)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, head = excluded.head, state = excluded.state,
        number = excluded.number, title = excluded.title, issued_at = excluded.issued_at,
        next_step_at = excluded.next_step_at, snapshot = excluded.snapshot
    WHERE bulletins.seq = excluded.seq - 1
    RETURNING id
), cited AS (
    INSERT INTO bulletin_files (bulletin_id, seq, file_id, kind)
    SELECT moved.id, $2, file_id, kind FROM moved, unnest($19::text[], $20::text[]) AS given (file_id, kind)
    ON CONFLICT DO NOTHING
), told AS (
    INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
    SELECT given.id, moved.id, $2, given.kind, given.post_id, given.text, $15, $15, $15, false, false
    FROM moved, unnest($21::text[], $22::text[], $23::text[], $24::text[]) AS given (id, kind, post_id, text)
)
INSERT INTO bulletin_changes (bulletin_id, seq, at, action, request_id, hash, entry)
SELECT moved.id, $2, $15, $16, $17, $3, $18 FROM moved
RETURNING seq
"""
"""Change, snapshot, citations and notices in one statement, only on top of the change before."""

_LOCKED: Final = "SELECT snapshot FROM bulletins WHERE id = $1 FOR UPDATE"
"""A bulletin, for whoever is about to change it."""

_OF_COLLECTION: Final = """
SELECT snapshot FROM bulletins WHERE collection_id = $1 AND kind = 'bulletin' AND state <> 'withdrawn'
"""
"""The bulletin of a collection, if there is one."""

_TURN: Final = "SELECT collection_id FROM collection_frozen WHERE collection_id = $1 FOR UPDATE"
"""Whoever drafts from a list goes one by one."""

_DRAFTED: Final = (
    "UPDATE collection_frozen SET drafted_at = $2 WHERE collection_id = $1 AND drafted_at IS NULL"
)
"""That the list has its draft."""

_NEXT_ID: Final = """
INSERT INTO bulletin_ids (year, last) VALUES ($1, 1) ON CONFLICT (year) DO UPDATE SET last = bulletin_ids.last + 1
RETURNING last
"""
"""The next id of a year; rolled back with the rest."""

_DESKS: Final = "SELECT name, post_id FROM desks WHERE name IN ('office', 'leader', 'deputy')"
"""The posts that bulletins wait on."""


@dataclass(frozen=True, kw_only=True)
class By:
    """Who drafts by hand."""

    actor: Actor
    holding: Holding
    request_id: str


class AtCutOff:
    """Drafts for the workflow of a collection; fits ``activities.ports.Bulletins``."""

    def __init__(self, bulletins: "PostgresBulletins") -> None:
        self._bulletins = bulletins

    async def draft(self, collection_id: str, frozen: Frozen) -> None:
        """Make the draft at the instant of the list; a repeat changes nothing. Raises ``Temporary``."""
        await self._bulletins.draft(collection_id, frozen.frozen_at, frozen=frozen)


class PostgresBulletins:
    """Drafts bulletins and takes steps with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft(
        self, collection_id: str, now: datetime, by: By | None = None, *, frozen: Frozen | None = None
    ) -> tuple[Bulletin, bool]:
        """The bulletin of a collection, drafted if there is none; and whether it was. Raises ``Refused`` or ``Temporary``.

        ``frozen`` is the list, where it has been read already.
        Where the policy says so and nothing is left to decide, the fresh draft is signed at once.
        """
        async with self._database.transaction(PATIENCE) as connection:
            if await connection.fetchval(_TURN, collection_id) is None:
                raise Refused(
                    Kind.CONFLICT, "not_frozen", "该项收集尚未截止，名单还没有固定", field="collection_id"
                )
            if known := await connection.fetchval(_OF_COLLECTION, collection_id):
                return decoded(known), False
            frozen = bulletin_lists.checked(frozen or await bulletin_lists.frozen(connection, collection_id))
            opening = await _opening(connection, frozen, BulletinKind.BULLETIN, now, by)
            change = rules.draft(frozen, opening)
            await append(connection, change)
            if signed := rules.sign_by_policy(change.bulletin, frozen, now):
                change = signed
                await append(connection, change)
            await connection.execute(_DRAFTED, collection_id, now)
            return change.bulletin, True

    async def act(self, bulletin_id: str, command: Command, now: datetime) -> Bulletin:
        """Bring a command to its bulletin; a repeat changes nothing. Raises ``Refused`` or ``Temporary``."""
        async with self._database.transaction(PATIENCE) as connection:
            found = await locked(connection, bulletin_id)
            frozen = None
            if command.action in rules.NEEDS_LIST:
                frozen = await bulletin_lists.frozen(connection, found.collection_id)
            change = rules.apply(found, command, now, frozen)
            if change is None:
                return found
            await append(connection, change)
            if found.number and change.bulletin.state is rules.State.WITHDRAWN:
                await tell_audience(connection, change.bulletin, now)
            return change.bulletin

    async def draft_about(self, bulletin_id: str, command: Command, now: datetime) -> Bulletin:
        """The draft of a correction or supplement about a bulletin. Raises ``Refused`` or ``Temporary``."""
        async with self._database.transaction(PATIENCE) as connection:
            original = await locked(connection, bulletin_id)
            if earlier := await _drafted_by(connection, bulletin_id, command.request_id):
                return earlier
            _, holding = rules.check(original, command)
            frozen = await bulletin_lists.frozen(connection, original.collection_id)
            kind = (
                BulletinKind.CORRECTION if command.action is rules.Action.CORRECT else BulletinKind.SUPPLEMENT
            )
            by = By(actor=command.actor, holding=holding, request_id=command.request_id)
            opening = await _opening(connection, frozen, kind, now, by)
            change = rules.draft_about(original, frozen, command, opening)
            await append(connection, change)
            return change.bulletin


_DRAFTED_BY: Final = """
SELECT snapshot FROM bulletins JOIN bulletin_changes ON bulletin_id = id AND bulletin_changes.seq = 1
WHERE about = $1 AND request_id = $2
"""
"""The draft that a request made."""


async def _drafted_by(connection: Connection, bulletin_id: str, request_id: str) -> Bulletin | None:
    snapshot = await connection.fetchval(_DRAFTED_BY, bulletin_id, request_id)
    return None if snapshot is None else decoded(snapshot)


async def _opening(
    connection: Connection, frozen: Frozen, kind: BulletinKind, now: datetime, by: By | None
) -> Opening:
    desks = {row["name"]: row["post_id"] for row in await connection.fetch(_DESKS)}
    if "office" not in desks:
        raise Refused(Kind.CONFLICT, "desk_missing", "还没有指定办公室岗位（desks.office）")
    year = rules.numbers.year(now, frozen.window.utc_offset_minutes)
    number = await connection.fetchval(_NEXT_ID, year)
    return Opening(
        id=rules.numbers.bulletin_id(year, number),
        now=now,
        office_post=desks["office"],
        leader_post=desks.get("leader") or desks.get("deputy") or desks["office"],
        policy=await bulletin_settings.policy(connection, frozen.district),
        template=await bulletin_settings.in_force(connection, kind),
        actor=by.actor if by else None,
        holding=by.holding if by else None,
        request_id=by.request_id if by else None,
    )


async def locked(connection: Connection, bulletin_id: str) -> Bulletin:
    """A bulletin, locked until the transaction ends. Raises ``Refused`` (unknown)."""
    snapshot = await connection.fetchval(_LOCKED, bulletin_id)
    if snapshot is None:
        raise Refused(Kind.UNKNOWN, "bulletin_unknown", "没有这份通报")
    return decoded(snapshot)


async def append(connection: Connection, change: Change) -> None:
    """Write a change on top of the one before it. Raises ``Diverged``."""
    if await connection.fetchval(_APPEND, *_arguments(change)) is None:
        raise Diverged(change.entry.case_id, change.entry.seq)


def _arguments(change: Change) -> Sequence[Any]:
    entry, after, told = change.entry, change.bulletin, change.notices
    unread = after.state.in_force
    return [
        *(after.id, entry.seq, entry.hash, after.kind.value, after.state.value, after.collection_id),
        *(after.about, after.number, after.title, after.district, after.drafted_at, after.issued_at),
        *(rules.waiting.next_at(after, unread=unread), codecs.dump(after)),
        *(entry.at, entry.action, entry.request_id, codecs.dump(entry)),
        [cited["file_id"] for cited in entry.evidence],
        [cited["kind"] for cited in entry.evidence],
        *([getattr(notice, column) for notice in told] for column in ("id", "kind", "post_id", "text")),
    ]


_TELL: Final = """
INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
SELECT format('%s.%s.%s', $1::text, $2::int, row_number() OVER (ORDER BY unit_id)), $1, $2, $3, post_id, $4, $5, $5, $5,
    false, false
FROM bulletin_audience WHERE bulletin_id = $1
"""
"""A notice to every unit of the audience."""


async def tell_audience(connection: Connection, withdrawn: Bulletin, now: datetime) -> None:
    """Tell every unit that was sent a bulletin that it was taken back."""
    text, kind = rules.telling.withdrawn(withdrawn), "bulletin_withdrawn"
    await connection.execute(_TELL, withdrawn.id, withdrawn.seq, kind, text, now)


def decoded(snapshot: str) -> Bulletin:
    """A bulletin from its snapshot."""
    return _BULLETIN.validate_json(snapshot)
