"""The record of hazards: one statement writes a change, the case as it stands, the files it cites and whom it tells.

Invariant: a change is written only on top of the change before it; a repeat writes nothing, and another writer's
change in its place is an error, never an overwrite.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import asyncpg

from adapters.postgres import codecs, requests
from adapters.postgres.database import Connection, Database
from domain import hazard
from domain.errors import Diverged, Kind, Refused
from domain.hazard import Case, Change
from domain.notices import Notice

_LOAD: Final = f"""
WITH had AS (
    UPDATE hazards SET start_wanted_at = NULL WHERE id = $1 AND start_wanted_at IS NOT NULL AND {requests.LAZILY}
)
SELECT snapshot FROM hazards WHERE id = $1
"""  # noqa: S608 - a constant
"""The case, and the note that a run of its workflow has read it: whoever finds the note lost starts a run that is there."""

_APPEND: Final = """
WITH target AS (
    SELECT id FROM hazards WHERE id = $19 AND is_open FOR SHARE
), moved AS (
    UPDATE hazards
    SET seq = $2, head = $3, stage = $4, is_open = $5, level = $6, waiting_post = $7, due_at = $8, overdue = $9,
        closed_at = $10, snapshot = $11, start_wanted_at = $12, colour = $20, extension_pending = $21,
        told_posts = $22, next_step_at = $23
    WHERE id = $1 AND seq = $2 - 1 AND ($19::text IS NULL OR EXISTS (SELECT 1 FROM target))
    RETURNING id
), cited AS (
    INSERT INTO case_files (case_id, seq, file_id, kind)
    SELECT moved.id, $2, file_id, kind
    FROM moved, unnest($13::text[], $14::text[]) AS given (file_id, kind)
    ON CONFLICT DO NOTHING
), told AS (
    INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
    SELECT given.id, moved.id, $2, given.kind, given.post_id, given.text, $15, $28, $29, $30, $31
    FROM moved, unnest($24::text[], $25::text[], $26::text[], $27::text[]) AS given (id, kind, post_id, text)
    WHERE $32::text IS NULL
), gathered AS (
    INSERT INTO bulk_notices (id, bulk_id, person_id, case_id, seq, kind, post_id, text, at, leaves_at, urgent)
    SELECT given.id, $32, $33, moved.id, $2, given.kind, given.post_id, given.text, $15, $29, $30
    FROM moved, unnest($24::text[], $25::text[], $26::text[], $27::text[]) AS given (id, kind, post_id, text)
    WHERE $32::text IS NOT NULL
)
INSERT INTO changes (case_id, seq, at, action, request_id, hash, entry)
SELECT moved.id, $2, $15, $16, $17, $3, $18 FROM moved
RETURNING seq
"""
"""Change, snapshot, citations and notices in one statement, only on top of the change before; merged only into an open case."""

_WRITTEN: Final = "SELECT hash FROM changes WHERE case_id = $1 AND seq = $2"
"""The hash of the change that stands at this place in the record, if any."""


class PostgresHazards:
    """Fits ``activities.ports.HazardRecord``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, case_id: str) -> Case:
        """The case as recorded, noting that a run has it. Raises ``Refused`` (unknown) or ``Temporary``."""
        async with self._database.connection() as connection:
            snapshot = await connection.fetchval(_LOAD, case_id)
        if snapshot is None:
            raise Refused(Kind.UNKNOWN, "hazard_unknown", "没有这个案号")
        return codecs.case(snapshot)

    async def append(self, change: Change) -> None:
        """Write a change, once. Raises ``Diverged`` or ``Temporary``."""
        async with self._database.connection() as connection:
            await append(connection, change)


async def append(connection: Connection, change: Change, *, start_wanted: bool = False) -> None:
    """Write a change on top of the one before it; ``start_wanted`` asks for a run of its workflow."""
    entry = change.entry
    try:
        written = await connection.fetchval(_APPEND, *_arguments(change, start_wanted=start_wanted))
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "hazards_one_open_per_item":
            raise Refused(
                Kind.CONFLICT, "open_duplicate", "同一单位、同一地点、同一事项已有在办隐患"
            ) from error
        raise Diverged(entry.case_id, entry.seq) from error
    if written is None and await connection.fetchval(_WRITTEN, entry.case_id, entry.seq) != entry.hash:
        raise Diverged(entry.case_id, entry.seq)


def _arguments(change: Change, *, start_wanted: bool) -> list[Any]:
    entry, case = change.entry, change.case
    coming = hazard.next_step(case)
    return [
        entry.case_id,
        entry.seq,
        entry.hash,
        case.stage.value,
        case.stage.is_open,
        case.level,
        case.waiting_post,
        case.due_at,
        case.overdue,
        case.closed_at,
        codecs.dump(case),
        entry.at if start_wanted else None,
        [cited["file_id"] for cited in entry.evidence],
        [cited["kind"] for cited in entry.evidence],
        entry.at,
        entry.action,
        entry.request_id,
        codecs.dump(entry),
        entry.patch.get("merged_into"),
        case.colour,
        case.pending_extension is not None,
        list(case.told_posts),
        None if coming is None else coming.at,
        *_notices(change.notices),
        change.bulk,
        entry.person_id,
    ]


def _notices(notices: Sequence[Notice]) -> Iterator[Any]:
    """The columns of the notices of one change; what they share stands once."""
    for column in ("id", "kind", "post_id", "text"):
        yield [getattr(notice, column) for notice in notices]
    for shared in ("due_at", "leaves_at", "urgent", "late"):
        yield getattr(notices[0], shared) if notices else None
