"""Intake: a report gets its number, its first change and its request's answer in one transaction.

Invariant: a report is on record before the engine hears of it, so it is never refused because the engine is away;
the same unit, place and item has at most one open case.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from adapters.postgres import codecs, editions, requests
from adapters.postgres.database import Connection, Database
from adapters.postgres.hazards import append
from domain import hazard
from domain.errors import Temporary
from domain.hazard import Case, Change, Command, Report
from domain.people import Actor
from domain.requests import Answer, Request
from domain.terms import Terms

_CHANNEL: Final = "hazard_starts"

_LOCK_NUMBERS: Final = """
INSERT INTO case_numbers (year, last) VALUES ($1, 0) ON CONFLICT (year) DO UPDATE SET last = case_numbers.last
RETURNING last
"""
"""The last number of the year, locked until the transaction ends: intakes of a year go one by one."""

_TAKE_NUMBER: Final = "UPDATE case_numbers SET last = $2 WHERE year = $1"
"""The number is used; rolled back with the rest."""

_SAME: Final = """
SELECT is_open, id, snapshot FROM hazards
WHERE unit_id = $1 AND place_key = $2 AND item = $3 AND (is_open OR stage = 'closed')
ORDER BY is_open DESC, closed_at DESC LIMIT 1
"""
"""The open case of the same unit, place and item, or else the one closed last."""

_INSERT: Final = """
INSERT INTO hazards (id, seq, head, stage, is_open, level, unit_id, place, place_key, category, item, description,
    overdue, reported_at, snapshot)
VALUES ($1, 0, $2, $3, true, $4, $5, $6, $7, $8, $9, $10, false, $11, '{}')
"""
"""The empty folder of a case; its first change fills it in the same transaction."""

_SNAPSHOT: Final = "SELECT snapshot FROM hazards WHERE id = $1 FOR UPDATE"
"""A case that is about to be changed without its workflow (it has none any more)."""

_WANTED: Final = "SELECT id FROM hazards WHERE start_wanted_at IS NOT NULL ORDER BY id"
"""Cases that no run has read yet."""

_STILL_WANTED: Final = """
SELECT snapshot FROM hazards WHERE id = ANY ($1) AND start_wanted_at IS NOT NULL ORDER BY id
"""
"""Those of some cases that no run has read meanwhile."""

_ANNOUNCE: Final = f"NOTIFY {_CHANNEL}"
"""Wakes the relay when the transaction commits."""


@dataclass(frozen=True, kw_only=True)
class Filed:
    """What an intake came to: the answer, and the case to start (``None`` for a repeat of the request)."""

    answer: Answer
    case: Case | None


class PostgresIntake:
    """Opens and reopens cases; fits ``activities.ports.Intake``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self,
        report: Report,
        terms: Terms | None,
        actor: Actor,
        request: Request,
        now: datetime,
        render: Callable[[Case, bool], Answer],
    ) -> Filed:
        """File a report under ``terms``, or the policy and days in force; ``render`` gives the answer to keep.

        It is given the case and whether it is new.

        Raises ``Refused`` or ``Temporary``; then nothing is on record, not even the key.
        """
        async with self._database.transaction() as connection:
            if earlier := await requests.claim(connection, request, now):
                return Filed(answer=earlier, case=None)
            terms = terms or await editions.stamped(connection, now)
            case, is_new = await _open_or_find(connection, report, terms, actor, request, now)
            answer = render(case, is_new)
            await requests.keep(connection, request, answer)
            return Filed(answer=answer, case=case if is_new else None)

    async def reopen(
        self,
        case_id: str,
        command: Command,
        request: Request,
        now: datetime,
        render: Callable[[Case], Answer],
    ) -> Filed:
        """Reopen a closed case (反销号): its workflow has ended, so the record moves first and a new run follows.

        Edits of the calendar pass closed cases by, so it takes up the days as they are now.

        The key is claimed by the caller. Raises ``Refused`` or ``Temporary``; then nothing changed.
        """
        async with self._database.transaction() as connection:
            case = codecs.case(await connection.fetchval(_SNAPSHOT, case_id))
            days = await editions.calendar(connection, case.terms.region)
            command = replace(command, terms=hazard.under_days(case, days, now))
            if change := hazard.apply(case, command, now):
                case = change.case
                await append(connection, change, start_wanted=True)
                await connection.execute(_ANNOUNCE)
            answer = render(case)
            await requests.keep(connection, request, answer)
            return Filed(answer=answer, case=case)

    async def wanted(self) -> list[str]:
        """The numbers of all cases that no run has read yet, in order."""
        async with self._database.connection() as connection:
            return [row["id"] for row in await connection.fetch(_WANTED)]

    async def still_wanted(self, numbers: Sequence[str]) -> list[Case]:
        """Those of ``numbers`` that no run has read meanwhile, in order."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_STILL_WANTED, numbers)
        return [codecs.case(row["snapshot"]) for row in rows]

    async def announcements(self) -> AsyncGenerator[None]:
        """One item at once, then one whenever a start may be wanted. Raises ``Temporary``."""
        async with self._database.listening(_CHANNEL) as heard:
            yield
            while await heard.get():
                while not heard.empty():
                    heard.get_nowait()
                yield
        raise Temporary("database")


async def _open_or_find(
    connection: Connection, report: Report, terms: Terms, actor: Actor, request: Request, now: datetime
) -> tuple[Case, bool]:
    year = terms.local(now).year
    last = await connection.fetchval(_LOCK_NUMBERS, year)
    if report.item is not None:
        key = hazard.place_key(report.place)
        same = await connection.fetchrow(_SAME, report.unit_id, key, report.item)
        if same and same["is_open"]:
            return codecs.case(same["snapshot"]), False
        report = replace(report, repeat_of=same["id"] if same else None)
    change = hazard.open_case(case_number(year, last + 1), report, terms, actor, request.id, now)
    await connection.execute(_TAKE_NUMBER, year, last + 1)
    await _file(connection, change)
    return change.case, True


def case_number(year: int, number: int) -> str:
    """A case number that people can say (案号), such as ``YH-2026-000123``: YH for 隐患, counted by year."""
    return f"YH-{year}-{number:06d}"


async def _file(connection: Connection, change: Change) -> None:
    case = change.case
    await connection.execute(
        _INSERT,
        case.id,
        change.entry.prev,
        case.stage.value,
        case.level,
        case.unit_id,
        case.place,
        hazard.place_key(case.place),
        case.category,
        case.item,
        case.description,
        case.reported_at,
    )
    await append(connection, change, start_wanted=True)
    await connection.execute(_ANNOUNCE)
