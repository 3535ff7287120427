"""The record of collections: creating one with its list, its changes, and the steps that the clock takes.

Invariant: a change is written under the lock of its collection, on top of the change before it, together with whom it tells;
so a step is taken once, however often it is asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.postgres import (
    codecs,
    collection_freezing,
    collection_members,
    collection_notices,
    editions,
    requests,
)
from adapters.postgres.database import Connection, Database
from domain import collection as collections
from domain.collection import Board, By, Change, Collection, Plan, StepKind
from domain.errors import Kind, Refused
from domain.requests import Answer, Request

PATIENCE: Final = 60.0
"""Seconds for what touches every unit of a list."""

ANNOUNCE: Final = "NOTIFY hazard_starts"
"""Wakes the relay when the transaction commits."""

_TAKE_NUMBER: Final = """
INSERT INTO collection_numbers (year, last) VALUES ($1, 1)
ON CONFLICT (year) DO UPDATE SET last = collection_numbers.last + 1
RETURNING last
"""
"""The next number of the year, locked until the transaction ends; rolled back with the rest."""

_INSERT: Final = """
INSERT INTO collections (id, seq, head, phase, is_open, kind, title, district, expected, opens_at, due_at, cut_off_at,
    created_at, series_id, period, snapshot)
VALUES ($1, 0, '', 'scheduled', true, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, '{}')
"""
"""The empty folder of a collection; its first change fills it in the same transaction."""

_APPEND: Final = """
WITH moved AS (
    UPDATE collections
    SET seq = $2, head = $3, phase = $4, is_open = $5, expected = $6, next_step_at = $7, snapshot = $8,
        frozen_at = $9, start_wanted_at = coalesce($10, start_wanted_at)
    WHERE id = $1 AND seq = $2 - 1
    RETURNING id
)
INSERT INTO collection_changes (collection_id, seq, at, action, request_id, hash, entry)
SELECT moved.id, $2, $11, $12, $13, $3, $14 FROM moved
RETURNING seq
"""
"""A change and the collection as it stands, only on top of the change before."""

_LOCK: Final = "SELECT snapshot FROM collections WHERE id = $1 FOR NO KEY UPDATE"
"""A collection that is about to be changed; submissions go on."""

_LOOK: Final = """
WITH had AS (
    UPDATE collections SET start_wanted_at = NULL WHERE id = $1 AND start_wanted_at IS NOT NULL
)
SELECT snapshot FROM collections WHERE id = $1
"""
"""The collection, and the note that a run of its workflow has read it."""

_WANT: Final = "UPDATE collections SET start_wanted_at = $2 WHERE id = $1 AND is_open"
"""That the workflow has to look."""

_WANTED: Final = "SELECT id FROM collections WHERE start_wanted_at IS NOT NULL ORDER BY id"
"""Collections whose workflow has to be started, or to look again."""

_OPEN: Final = """
SELECT id FROM collections
WHERE id > $1 AND (is_open OR (SELECT drafted_at IS NULL FROM collection_frozen WHERE collection_id = collections.id))
ORDER BY id LIMIT $2
"""
"""Collections about which the clock has something to do, by number, from behind a number."""


@dataclass(frozen=True, kw_only=True)
class Created:
    """What creating a collection came to: the answer, and the collection (``None`` for a repeat of the request)."""

    answer: Answer
    collection: Collection | None


class PostgresCollections:
    """Keeps collections; fits ``activities.ports.CollectionRecord``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, plan: Plan, by: By, request: Request, now: datetime, render: Callable[[Collection], Answer]
    ) -> Created:
        """Create a collection with its list of units; ``render`` gives the answer to keep.

        Raises ``Refused`` or ``Temporary``; then nothing is on record, not even the key.
        """
        async with self._database.transaction(PATIENCE) as connection:
            if earlier := await requests.claim(connection, request, now):
                return Created(answer=earlier, collection=None)
            collection = await create(connection, plan, by, now)
            answer = render(collection)
            await requests.keep(connection, request, answer)
            return Created(answer=answer, collection=collection)

    async def look(self, collection_id: str) -> Board:
        """The board of a collection, noting that a run has read it. Raises ``Refused`` (unknown) or ``Temporary``."""
        async with self._database.connection(PATIENCE) as connection:
            snapshot = await connection.fetchval(_LOOK, collection_id)
            if snapshot is None:
                raise unknown()
            return await _board(connection, codecs.collection(snapshot))

    async def step(self, collection_id: str, now: datetime) -> Board:
        """Take the one step that is due at ``now``, if any; end early where nobody is outstanding any more."""
        async with self._database.transaction(PATIENCE) as connection:
            collection = await lock(connection, collection_id)
            board = await _board(connection, collection)
            coming = collections.next_step(collection)
            if board.may_end_early and collection.phase.is_open:
                await collection_freezing.freeze(connection, collection, now, append, early=True)
            elif coming is None or coming.at > now:
                return board
            elif coming.kind is StepKind.CUT_OFF:
                await collection_freezing.freeze(connection, collection, now, append)
            else:
                calendar = await editions.business(connection, now)
                await append(connection, collections.take(collection, coming, now, calendar))
            return await _board(connection, await lock(connection, collection_id))

    async def want(self, collection_id: str, now: datetime) -> None:
        """Note that the workflow has to look; the relay sees to it where nobody else does."""
        async with self._database.transaction() as connection:
            await connection.execute(_WANT, collection_id, now)
            await connection.execute(ANNOUNCE)

    async def wanted(self) -> list[str]:
        """The numbers of the collections whose workflow has to look, in order."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_WANTED)]

    async def open_ids(self, after: str, limit: int) -> list[str]:
        """At most ``limit`` collections about which there is something to do, by number, from behind ``after``."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_OPEN, after, limit)]


def unknown() -> Refused:
    """The refusal for a collection that there is not, or that the asker may not see."""
    return Refused(Kind.UNKNOWN, "collection_unknown", "没有这项收集")


def collection_number(year: int, number: int) -> str:
    """A number that people can say, such as ``SJ-2026-000001``: SJ for 收集, counted by year."""
    return f"SJ-{year}-{number:06d}"


async def create(connection: Connection, plan: Plan, by: By, now: datetime) -> Collection:
    """Create a collection inside a caller's transaction, and ask for a run of its workflow."""
    year = plan.window.local(now).year
    number = collection_number(year, await connection.fetchval(_TAKE_NUMBER, year))
    window = plan.window
    await connection.execute(
        _INSERT,
        number,
        plan.kind.code,
        plan.title,
        plan.district,
        window.opens_at,
        window.due_at,
        window.cut_off_at,
        now,
        plan.series_id,
        plan.period,
    )
    expected = await collection_members.enlist(connection, number, plan.audience, plan.district)
    change = collections.create(number, plan, expected, by, now)
    await append(connection, change, wanted=True)
    await connection.execute(ANNOUNCE)
    return change.collection


async def lock(connection: Connection, collection_id: str) -> Collection:
    """A collection that is about to be changed. Raises ``Refused`` (unknown)."""
    snapshot = await connection.fetchval(_LOCK, collection_id)
    if snapshot is None:
        raise unknown()
    return codecs.collection(snapshot)


async def append(connection: Connection, change: Change, *, wanted: bool = False) -> None:
    """Write a change under the lock of its collection; ``wanted`` asks that its workflow look again."""
    entry = change.entry
    written = await connection.fetchval(_APPEND, *_arguments(change, wanted=wanted))
    if written is None:
        raise RuntimeError(f"{entry.case_id}: change {entry.seq} does not fit on top of the record")
    await collection_notices.tell(connection, change)


def _arguments(change: Change, *, wanted: bool) -> Sequence[Any]:
    entry, collection = change.entry, change.collection
    coming = collections.next_step(collection)
    return [
        collection.id,
        entry.seq,
        entry.hash,
        collection.phase.value,
        collection.phase.is_open,
        collection.expected,
        None if coming is None else coming.at,
        codecs.dump(collection),
        collection.ended_at,
        entry.at if wanted else None,
        entry.at,
        entry.action,
        entry.request_id,
        codecs.dump(entry),
    ]


async def _board(connection: Connection, collection: Collection) -> Board:
    counts, complete = await collection_members.counted(connection, collection.id, collection.window)
    frozen = collection.frozen_hash is not None
    undrafted = frozen and await collection_freezing.wants_draft(connection, collection.id)
    return collections.board(collection, counts, complete=complete, undrafted=undrafted)
