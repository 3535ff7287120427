"""Whom a change of a collection tells: the posts of the units that its rule finds on the list, and the desks.

Invariant: notices are written in the transaction of their change; what asks a unit to submit is noted with the unit, so that one
still queued does not leave once that unit has submitted.
"""

from datetime import timedelta
from typing import Final

from adapters.postgres import collection_members
from adapters.postgres.database import Connection
from domain import collection as rules
from domain.collection import Change

_DESKS: Final = """
INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
SELECT $1::text || '.' || $2::int || '.' || place, $1, $2, given.kind, post_id, given.text, $3, $4, $10, false, $5
FROM (
    SELECT coalesce(desks.post_id, $6) AS post_id, given.kind, given.text, row_number() OVER (ORDER BY given.place) AS place
    FROM unnest($7::text[], $8::text[], $9::text[]) WITH ORDINALITY AS given (desk, kind, text, place)
        LEFT JOIN desks ON desks.name = given.desk
    WHERE given.desk IS NULL OR desks.post_id IS NOT NULL
) AS given
"""
"""What the contact post and some desks are told."""

_UNITS: Final = """
WITH told AS (
    SELECT unit_id, post_id, $1::text || '.' || $2::int || '.' || ($10::int + place) AS id
    FROM unnest($7::text[], $8::text[]) WITH ORDINALITY AS given (unit_id, post_id, place)
), sent AS (
    INSERT INTO notices (id, case_id, seq, kind, post_id, text, at, due_at, leaves_at, urgent, late)
    SELECT id, $1, $2, $6, post_id, $9, $3, $4, $12, $11, $5 FROM told
)
INSERT INTO collection_reminders (notice_id, collection_id, unit_id)
SELECT id, $1, unit_id FROM told WHERE $6 IN ('collection_opened', 'collection_reminder', 'collection_overdue')
"""
"""What the posts of units are told, and of reminders which unit they are for."""

LATE_AFTER: Final = timedelta(seconds=60)


async def tell(connection: Connection, change: Change) -> None:
    """Write the notices of a change."""
    entry, collection = change.entry, change.collection
    due_at = entry.due_at or entry.at
    shared = (collection.id, entry.seq, entry.at, due_at, entry.at - due_at > LATE_AFTER)
    leaves_at = change.leaves_at or entry.at
    if change.desks:
        names, kinds, texts = zip(*change.desks, strict=True)
        await connection.execute(
            _DESKS,
            *shared,
            collection.contact_post,
            list(names),
            [kind.value for kind in kinds],
            list(texts),
            leaves_at,
        )
    if (telling := change.telling) is not None:
        members = await collection_members.everybody(connection, collection.id)
        told = sorted((one.unit_id, one.post_id) for one in members if rules.telling.is_told(telling, one))
        about = (telling.text, len(change.desks), telling.urgent, leaves_at)
        columns = [unit for unit, _ in told], [post for _, post in told]
        await connection.execute(_UNITS, *shared, telling.kind.value, *columns, *about, timeout=60)
