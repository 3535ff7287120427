"""Drift (偏差): where the engine, the tables and the record no longer say the same, and which of it can be put right.

Invariant: the hash chain is never put right, only what must follow from it; everything else that differs is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain import collection as collections
from domain import hazard
from domain.collection import Collection
from domain.hazard import Case

START_GRACE: Final = timedelta(seconds=60)
"""How long a note that a start is wanted is the relay's business alone."""

NOTE_GRACE: Final = timedelta(minutes=2)
"""How long such a note may stand beside a running case."""

STEP_GRACE: Final = timedelta(minutes=5)
"""How late the clock may act (reliability: an escalation that is five minutes overdue is an alarm)."""

_SAME_INSTANT: Final = timedelta(seconds=1)


class DriftKind(StrEnum):
    """What is wrong; :data:`REPAIRABLE` says which of it follows from the record and is put right."""

    RUN_MISSING = "run_missing"
    RUN_EXTRA = "run_extra"
    RUN_UNKNOWN = "run_unknown"
    RUN_BEHIND = "run_behind"
    RUN_STUCK = "run_stuck"
    RUN_UNFIT = "run_unfit"
    STEP_MISSED = "step_missed"
    NOTE_LINGERING = "note_lingering"
    ENTRY_MISSING = "entry_missing"
    ENTRY_ALTERED = "entry_altered"
    ENTRY_COLUMNS = "entry_columns"
    CASE_DIFFERS = "case_differs"
    CITATION_LOST = "citation_lost"
    CITATION_DIFFERS = "citation_differs"
    NUMBER_GAP = "number_gap"
    COUNTER_BEHIND = "counter_behind"


REPAIRABLE: Final = frozenset(
    {
        DriftKind.RUN_MISSING,
        DriftKind.RUN_EXTRA,
        DriftKind.RUN_BEHIND,
        DriftKind.RUN_UNFIT,
        DriftKind.STEP_MISSED,
        DriftKind.NOTE_LINGERING,
        DriftKind.CASE_DIFFERS,
        DriftKind.CITATION_LOST,
        DriftKind.COUNTER_BEHIND,
    }
)


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One thing that is wrong: its kind, the case, collection or year it is about, and a Chinese sentence."""

    kind: DriftKind
    subject: str
    sentence: str
    repaired: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the engine shows of a running case or collection; ``stuck`` when its tasks keep failing.

    ``unfit`` says that they fail because its history is of other code: a release was taken back, or a change not patched.
    """

    case_id: str
    stage: str | None
    level: str | None
    overdue: bool | None
    due_at: datetime | None
    stuck: bool = False
    unfit: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A case on record; ``start_wanted_at`` (aware) is set until a run of its workflow has read it."""

    case: Case
    start_wanted_at: datetime | None

    @property
    def runs(self) -> bool:
        """Whether there has to be a run."""
        return self.case.stage.is_open

    @property
    def coming_at(self) -> datetime | None:
        """When its clock acts next (aware)."""
        coming = hazard.next_step(self.case)
        return None if coming is None else coming.at

    def is_shown_by(self, run: Run) -> bool:
        """Whether a supervisor who looks at the run sees what is on record."""
        case = self.case
        same = (run.stage, run.level, run.overdue) == (case.stage.value, case.level, case.overdue)
        return same and _same_instant(run.due_at, case.due_at)


@dataclass(frozen=True, kw_only=True)
class CollectionStanding:
    """A collection on record; ``undrafted`` says that a bulletin is still to be drafted from its frozen list."""

    collection: Collection
    undrafted: bool
    start_wanted_at: datetime | None

    @property
    def runs(self) -> bool:
        """Whether there has to be a run."""
        return self.collection.phase.is_open or self.undrafted

    @property
    def coming_at(self) -> datetime | None:
        """When its clock acts next (aware)."""
        coming = collections.next_step(self.collection)
        return None if coming is None else coming.at

    def is_shown_by(self, run: Run) -> bool:
        """Whether a supervisor who looks at the run sees what is on record; a run shows nothing until it has read it."""
        if run.stage is None and self.start_wanted_at is not None:
            return True
        same = run.stage == self.collection.phase.value
        return same and _same_instant(run.due_at, self.collection.window.due_at)


OnRecord = Standing | CollectionStanding
"""What a run carries, as the record has it."""


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A batch of the record that was examined: what is wrong, how many cases, behind which number the next begins."""

    drifts: list[Drift]
    cases: int
    next: str


_SENTENCES: Final = {
    DriftKind.RUN_MISSING: "尚未办结，引擎中没有运行",
    DriftKind.RUN_EXTRA: "已办结，引擎中仍在运行",
    DriftKind.RUN_UNKNOWN: "引擎中有运行，数据库中没有这个编号",
    DriftKind.RUN_BEHIND: "引擎中显示的环节或时限与数据库不符",
    DriftKind.RUN_STUCK: "流程任务反复失败，须由开发人员处理",
    DriftKind.RUN_UNFIT: "流程历史与现行程序版本不符（版本回退或改动）",
    DriftKind.STEP_MISSED: "已到时限，引擎没有按时动作",
    DriftKind.NOTE_LINGERING: "早已运行，待启动的标记仍在",
}


def between(known_as: str, standing: OnRecord | None, run: Run | None, now: datetime) -> Drift | None:
    """What is wrong between a case or collection on record and its run, if anything; ``now`` is aware.

    Both sides move, so a first finding is a suspicion: look again a few seconds later.
    """
    kind = _kind(standing, run, now)
    if kind is None:
        return None
    return Drift(kind=kind, subject=known_as, sentence=f"{known_as}：{_SENTENCES[kind]}")


def _kind(standing: OnRecord | None, run: Run | None, now: datetime) -> DriftKind | None:
    if standing is None:
        return DriftKind.RUN_UNKNOWN if run else None
    if not standing.runs:
        return DriftKind.RUN_EXTRA if run else None
    if run is None:
        waits = standing.start_wanted_at is not None and now - standing.start_wanted_at < START_GRACE
        return None if waits else DriftKind.RUN_MISSING
    return _of_both(standing, run, now)


def _of_both(standing: OnRecord, run: Run, now: datetime) -> DriftKind | None:
    if run.stuck:
        return DriftKind.RUN_UNFIT if run.unfit else DriftKind.RUN_STUCK
    if standing.coming_at is not None and now - standing.coming_at > STEP_GRACE:
        return DriftKind.STEP_MISSED
    if not standing.is_shown_by(run):
        return DriftKind.RUN_BEHIND
    if standing.start_wanted_at is not None and now - standing.start_wanted_at > NOTE_GRACE:
        return DriftKind.NOTE_LINGERING
    return None


def _same_instant(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _SAME_INSTANT
