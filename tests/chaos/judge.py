"""The verdict: the invariants of the design, checked from the journal, the database, the histories and the logs.

Invariant: every check is written from what people are told (``tests/table.py``), not from the code that decides.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from temporalio.worker import Replayer

from adapters.postgres import soundness
from adapters.postgres.audit import Kept, PostgresAudit
from adapters.postgres.database import Database
from adapters.postgres.drift import PostgresDrift
from domain import drift, hazard
from domain.audit import Entry
from domain.drift import Standing
from tests import table
from tests.chaos.journal import Journal
from tests.chaos.stage import Stage
from workflows.converter import CONVERTER
from workflows.gateway import HazardGateway
from workflows.inventory import EngineInventory
from workflows.sandbox import WORKFLOWS, runner

NOBODY: Final = frozenset({"report", "lapse"})
"""What no person's action is: the first entry, and the clock's."""

IN_CALM: Final = timedelta(seconds=5)
"""How late the clock may act under load without a fault; how late it is without load is measured by ``lateness``."""

AFTER_TROUBLE: Final = timedelta(seconds=15)
"""How late it may be counted from the end of a trouble: the worst of the goals' bounds (G4)."""

REPLAYED: Final = 20
_NEVER: Final = re.compile(
    r"panic:|PANIC|TMPRL110[0-3]|[Nn]on-?[Dd]etermini|never retrieved|was never awaited|corrupt"
)
_EXPECTED: Final = re.compile(r"PANIC:.*(could not write|No space left|could not fdatasync)")
_KNOWN: Final = re.compile(
    r'"\[TMPRL1100\] Nondeterminism error: Invalid transition while handling update response '
    r'\(id [^()"]+\) in state Accepted"'
)
"""A fault of the engine's client (https://github.com/temporalio/sdk-typescript/issues/1966, open): the engine went while an
update was answered; the task fails once and succeeds when it is tried again. That nothing was lost is for the others to say."""


_KEYS: Final = """
SELECT principal, key, status IS NOT NULL OR EXISTS (
    SELECT FROM changes WHERE request_id = principal || ':' || key
) AS answered FROM requests
"""
"""Every key that was taken, and whether its answer is kept or can be given again from the record."""


@dataclass
class Verdict:
    """What was found to be wrong, by invariant, how much was looked at, and how often known faults of others showed."""

    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)

    def must(self, holds: bool, invariant: str, what: str) -> None:
        self.seen[invariant] += 1
        if not holds:
            self.wrong.append(f"{invariant}: {what}")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """From when to when a fault made itself felt (aware)."""

    began: datetime
    ended: datetime


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a campaign was: since when (aware), and its troubles in order. What fell due before is not judged."""

    began: datetime
    troubles: Sequence[Trouble] = ()

    def latest(self, due_at: datetime) -> datetime:
        """Until when a step due at ``due_at`` may be taken."""
        until = due_at + IN_CALM
        for trouble in self.troubles:
            if trouble.began <= until:
                until = max(until, trouble.ended + AFTER_TROUBLE)
        return until


async def judge(stage: Stage, database: Database, journal: Journal, course: Course) -> Verdict:
    """Check everything; the system must have come to rest."""
    verdict = Verdict()
    await of_record(verdict, database, journal, course)
    await _at_rest(verdict, database, journal)
    await _engine(verdict, stage, database, course)
    logs(verdict, stage.live.stack.data / "logs")
    return verdict


async def of_record(verdict: Verdict, database: Database, journal: Journal, course: Course) -> None:
    """I1, I2, I5, I6: what the record alone says, beside the journal."""
    chains = {kept.chain.case_id: kept async for kept in PostgresAudit(database).cases()}
    for kept in chains.values():
        _record(verdict, kept)
        _transitions(verdict, kept.chain.entries)
        _on_time(verdict, kept.chain.entries, course)
    _acknowledged(verdict, journal, chains)


def _record(verdict: Verdict, kept: Kept) -> None:
    """I2, I3: gapless sound chains, and tables that follow from them."""
    for flaw in soundness.flaws(kept):
        verdict.must(False, "I2/I3 record", flaw)
    verdict.seen["I2/I3 record"] += 1


def _transitions(verdict: Verdict, entries: tuple[Entry, ...]) -> None:
    """I6: every step is one that people are told of, and leads where they are told."""
    stage = "reported"
    for entry in entries:
        after = entry.patch.get("stage", stage)
        if entry.action not in NOBODY:
            told = table.LEADS_TO.get((stage, entry.action), stage)
            told = "closed" if (stage, entry.action) == ("verifying", "pass") else told
            allowed = any(table.refusal(stage, entry.action, role) is None for role in table.ROLES.values())
            line = f"{entry.case_id} {entry.seq}: {entry.action} in {stage} led to {after}"
            verdict.must(allowed and after == told, "I6 transition", line)
        stage = after


def _on_time(verdict: Verdict, entries: tuple[Entry, ...], course: Course) -> None:
    """I5: the clock acts within its bound of the due instant, or of the end of the troubles that it fell into."""
    for entry in entries:
        if entry.due_at is None or entry.due_at < course.began:
            continue
        until = course.latest(entry.due_at)
        late = (entry.at - entry.due_at).total_seconds()
        line = f"{entry.case_id} {entry.seq}: {entry.action} due {entry.due_at} came {late:.1f} s late"
        verdict.must(entry.due_at <= entry.at <= until, "I5 on time", line)


def _acknowledged(verdict: Verdict, journal: Journal, chains: dict[str, Kept]) -> None:
    """I1, I2: what was acknowledged is on record exactly once, what was refused is not."""
    done = Counter(
        entry.request_id for kept in chains.values() for entry in kept.chain.entries if entry.request_id
    )
    placed = {
        entry.request_id: (entry.case_id, entry.action)
        for kept in chains.values()
        for entry in kept.chain.entries
    }
    for line in journal.lines():
        if line.status >= 400:
            verdict.must(not done[line.request_id], "I2 refused", f"{line} is on record")
            continue
        invariant = "I1 report" if line.action == "report" else "I2 action"
        right = placed.get(line.request_id) == (line.case, line.action)
        verdict.must(
            done[line.request_id] == 1 and right, invariant, f"{line} on record {done[line.request_id]}×"
        )
    twice = [request for request, count in done.items() if count > 1]
    verdict.must(not twice, "I2 action", f"on record twice: {twice}")


async def _at_rest(verdict: Verdict, database: Database, journal: Journal) -> None:
    """I10: nothing is still owed; every answered key is known, with its answer or what the record gives it from."""
    async with database.connection() as connection:
        wanted = await connection.fetchval("SELECT count(*) FROM hazards WHERE start_wanted_at IS NOT NULL")
        keys = {(row["principal"], row["key"]): row["answered"] for row in await connection.fetch(_KEYS)}
    verdict.must(not wanted, "I10 rest", f"{wanted} starts are still wanted")
    # who is refused at the door takes no key
    lost = [line for line in journal.lines() if not keys.get((line.person, line.key), line.status >= 400)]
    verdict.must(not lost, "I10 rest", f"answers not kept: {lost[:3]}")


async def _engine(verdict: Verdict, stage: Stage, database: Database, course: Course) -> None:
    """I3, I5, I9: open cases and running workflows are the same, show the same, and miss no step; histories replay."""
    live = stage.live
    gateway = HazardGateway(live.client, task_queue=live.settings.task_queue, timeout=30)
    inventory = EngineInventory(live.client, gateway, timeout=30)
    record = PostgresDrift(database)
    open_cases = await record.standing(100_000, after="")
    known: dict[str, Standing] = {each: one for each, one in open_cases.items() if one is not None}
    verdict.must(known.keys() == open_cases.keys(), "I2/I3 record", "an open case cannot be read")
    runs = await inventory.running("", None)
    closed = await record.look(sorted({*runs} - {*known}))
    now = datetime.now(UTC) + timedelta(minutes=1)
    for case_id in {*known, *runs}:
        one = drift.between(case_id, (known | closed).get(case_id), runs.get(case_id), now)
        verdict.must(one is None, "I9 orphan", one.sentence if one else "")
    for standing in known.values():
        coming = hazard.next_step(standing.case)
        missed = (
            coming is not None and coming.at >= course.began and course.latest(coming.at) < datetime.now(UTC)
        )
        verdict.must(not missed, "I5 on time", f"{standing.case.id} misses {coming}")
    replayer = Replayer(workflows=list(WORKFLOWS), workflow_runner=runner(), data_converter=CONVERTER)
    for case_id in sorted(runs)[:: max(1, len(runs) // REPLAYED)]:
        history = await live.client.get_workflow_handle(case_id).fetch_history()
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        verdict.must(result.replay_failure is None, "I3 replay", f"{case_id}: {result.replay_failure}")


def logs(verdict: Verdict, folder: Path) -> None:
    """I11: nothing in the logs that no fault excuses; what is known of the engine's client is counted apart."""
    for file in sorted(folder.glob("*.log")):
        bad = [line for line in _lines(file) if _NEVER.search(line) and not _EXPECTED.search(line)]
        unknown = [line for line in bad if not _KNOWN.search(line)]
        verdict.known["sdk-typescript#1966"] += len(bad) - len(unknown)
        verdict.must(not unknown, "I11 logs", f"{file.name}: {unknown[:3]}")


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        yield from lines
