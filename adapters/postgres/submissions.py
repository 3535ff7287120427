"""Submissions: one statement writes a version, its unit's row, the files it cites, its shifts, the request's answer and the note
in the access log.

Invariant: it is written only on top of the version before, while the list is not frozen, and together with the answer under its
key; otherwise nothing of it is.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from adapters.postgres import codecs, collection_members, collections, requests
from adapters.postgres.collection_members import COLUMNS
from adapters.postgres.database import Connection, Database
from domain.collection import Collection, Member, Submitted
from domain.evidence import Evidence
from domain.requests import Answer, Request, reused_key

_FACTS: Final = f"""
SELECT collections.seq AS collection_seq, CASE WHEN collections.seq = $3 THEN NULL ELSE collections.snapshot END AS snapshot,
    requests.fingerprint, requests.status, requests.answer, members.*
FROM collections
    JOIN (SELECT {COLUMNS} FROM collection_members) AS members ON members.collection_id = collections.id AND members.unit_id = $2
    LEFT JOIN requests ON requests.principal = $4 AND requests.key = $5
WHERE collections.id = $1
"""  # noqa: S608 - names of columns
"""All that a submission is judged by: the collection unless it is known already, its unit, and an earlier answer."""

_WRITE: Final = """
WITH held AS (
    SELECT FROM collections WHERE id = $1 AND frozen_at IS NULL FOR KEY SHARE
), moved AS (
    UPDATE collection_members
    SET version = $3, counted_at = $4, returned = false, accepted = false, last_hash = $5, outstanding = $6
    WHERE collection_id = $1 AND unit_id = $2 AND version = $3 - 1 AND returned = $7 AND NOT exempt
        AND due_at IS NOT DISTINCT FROM $8 AND EXISTS (SELECT FROM held)
    RETURNING unit_id
), written AS (
    INSERT INTO submissions (collection_id, unit_id, version, received_at, recorded_at, via, person_id, post_id,
        on_behalf_of, reason, is_zero, content, evidence, request_id, hash)
    SELECT $1, $2, $3, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $5 FROM moved
), cited AS (
    INSERT INTO submission_files (collection_id, unit_id, version, file_id, kind)
    SELECT $1, $2, $3, file_id, kind FROM moved, unnest($20::text[], $21::text[]) AS given (file_id, kind)
    ON CONFLICT DO NOTHING
), shifted AS (
    INSERT INTO duty_shifts (collection_id, unit_id, version, landline, number, starts_at, ends_at, duty_name, duty_mobile,
        duty_masked, leader_name, leader_mobile, leader_masked)
    SELECT $1, $2, $3, $28, given.* FROM moved, unnest($29::int[], $30::timestamptz[], $31::timestamptz[], $32::text[],
        $33::bytea[], $34::text[], $35::text[], $36::bytea[], $37::text[]) AS given
), answered AS (
    INSERT INTO requests (principal, key, fingerprint, created_at, status, answer)
    SELECT $22, $23, $24, $10, $25, $26 FROM moved RETURNING principal, key
), noted (seq) AS (
    SELECT note_access($10, 'write', 'ok', $12, $13, $14, $27, 'api', principal || ':' || key, NULL) FROM answered
)
SELECT EXISTS (SELECT FROM held) AS held, (SELECT seq FROM noted) AS noted
"""
"""A version of a submission on top of the one before, while the list is open, with its shifts (their numbers are sealed), the
answer under its key, and last, because others wait for its end, the note in the access log."""


_OWN_HAZARDS: Final = "SELECT id FROM hazards WHERE unit_id = $1 AND id = ANY ($2)"
"""Those of some hazards that are of a unit."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a submission is judged by; ``earlier`` is the first answer to this very request, if there is one."""

    collection: Collection
    member: Member
    earlier: Answer | None


@dataclass(frozen=True, kw_only=True)
class SealedShift:
    """One shift as it is kept: names in the clear, numbers sealed and masked."""

    number: int
    starts_at: datetime
    ends_at: datetime
    duty_name: str
    duty_mobile: bytes | None
    duty_masked: str
    leader_name: str
    leader_mobile: bytes | None
    leader_masked: str


@dataclass(frozen=True, kw_only=True)
class SealedDuty:
    """The shifts of a roster and its unit's landline; none for what is no roster."""

    shifts: Sequence[SealedShift] = ()
    landline: str = ""


class Overtaken(Exception):  # noqa: N818 - what happened to it
    """Another submission or decision about the same unit came first: read again and judge anew."""


class PostgresSubmissions:
    """Writes submissions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, Collection] = OrderedDict()

    @asynccontextmanager
    async def turn(self, collection_id: str, unit_id: str, request: Request) -> AsyncIterator["Turn"]:
        """Judging and writing a submission of a unit in one transaction.

        Raises ``Refused`` when the key was used for another request; ``Overtaken``, also where the very same request came
        first; ``Temporary``. Then nothing is written.
        """
        async with self._database.transaction() as connection:
            yield Turn(connection, await self._facts(connection, collection_id, unit_id, request), request)

    async def _facts(
        self, connection: Connection, collection_id: str, unit_id: str, request: Request
    ) -> Facts | None:
        known = self._known.get(collection_id)
        row = await connection.fetchrow(
            _FACTS, collection_id, unit_id, known.seq if known else -1, request.principal, request.key
        )
        if row is None:
            return None
        fields = dict(row)
        collection = self._collection(known, fields.pop("snapshot"))
        fingerprint, status, answer = (fields.pop(name) for name in ("fingerprint", "status", "answer"))
        if fingerprint is not None and fingerprint != request.fingerprint:
            raise reused_key()
        earlier = None if status is None else requests.answer_of(status, answer)
        fields.pop("collection_seq")
        return Facts(collection=collection, member=Member(**fields), earlier=earlier)

    async def is_complete(self, collection_id: str) -> bool:
        """Whether nobody is outstanding any more; PostgreSQL says who was the last."""
        async with self._database.connection() as connection:
            return await collection_members.is_complete(connection, collection_id)

    def _collection(self, known: Collection | None, snapshot: str | None) -> Collection:
        """The collection as it is: the one known, or a new one that is known from now on."""
        if snapshot is None:
            if known is None:
                raise collections.unknown()
            return known
        fresh = codecs.collection(snapshot)
        self._known[fresh.id] = fresh
        self._known.move_to_end(fresh.id)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return fresh


class Turn:
    """One submission while it is judged and written; ``facts`` are ``None`` where the unit is not on the list."""

    def __init__(self, connection: Connection, facts: Facts | None, request: Request) -> None:
        self._connection = connection
        self._request = request
        self.facts = facts

    async def hazards_of(self, unit_id: str, ids: Sequence[str]) -> set[str]:
        """Those of some hazards that are of a unit."""
        return {row["id"] for row in await self._connection.fetch(_OWN_HAZARDS, unit_id, list(ids))}

    async def write(
        self,
        submitted: Submitted,
        before: Member,
        duty: SealedDuty,
        answer: Answer,
        subject: str,
    ) -> bool:
        """Put a submission on record with its answer; false when the list was frozen meanwhile.

        ``subject`` is what the access log says was done.
        """
        arguments = _arguments(submitted, before, self._request, answer)
        return await _write(self._connection, [*arguments, subject, *_columns(duty)])


_KEPT: Final = 100
"""Collections that a process keeps read: a submission asks only whether its own is still the same."""


async def _write(connection: Connection, arguments: list[Any]) -> bool:
    try:
        row = await connection.fetchrow(_WRITE, *arguments)
    except asyncpg.UniqueViolationError as error:
        raise Overtaken from error
    if row is None or not row["held"]:
        return False
    if row["noted"] is None:
        raise Overtaken
    return True


def _arguments(submitted: Submitted, before: Member, request: Request, answer: Answer) -> list[Any]:
    submission, after = submitted.submission, submitted.member
    return [
        submission.collection_id,
        submission.unit_id,
        submission.version,
        after.counted_at,
        submission.hash,
        submitted.outstanding,
        before.returned,
        before.due_at,
        submission.received_at,
        submission.recorded_at,
        submission.via.value,
        submission.person_id,
        submission.post_id,
        submission.on_behalf_of,
        submission.reason,
        submission.is_zero,
        codecs.dump(submission.content),
        codecs.dump(submission.evidence),
        submission.request_id,
        *_files(submission.evidence),
        request.principal,
        request.key,
        request.fingerprint,
        answer.status,
        codecs.dump(answer.body),
    ]


def _files(evidence: Sequence[Evidence]) -> tuple[list[str], list[str]]:
    return [one.file_id for one in evidence], [one.kind.value for one in evidence]


def _columns(duty: SealedDuty) -> list[Any]:
    columns = [[getattr(shift, name) for shift in duty.shifts] for name in SealedShift.__dataclass_fields__]
    return [duty.landline, *columns]
