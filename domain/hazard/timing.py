"""What belongs to the time of a case: its clocks, pauses, extensions, acknowledgements, supervision slips, next step.

Invariant: everything here is frozen, and an instant is aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.evidence import Evidence
from domain.hazard.words import Decision, StepKind
from domain.ladder import ClockKind, Colour
from domain.workdays import Limit, Pause


@dataclass(frozen=True, kw_only=True)
class Hold:
    """An open pause (暂停计时); with ``until`` it is a deferral (暂缓) that comes back by itself at that instant."""

    since: datetime
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One time limit as it runs: since when, how long, with which pauses, when it is due, and what was told so far.

    Attributes:
        limit: from the terms, or the named date of a granted extension (``extended``).
        due_at: aware UTC; ``None`` while it is held, for then it is due at no instant.
        last_day: the local day (ISO) that people speak of.
        first_due_at: as it was first computed, kept for statistics.
        skipped: leads of reminders that were not applicable, because their instant had passed when the clock was set.
        reminded: leads of reminders that are behind.
        breached_at: when it was flagged overdue.
        told: posts told since then, the highest last; ``acknowledged`` those that have acknowledged.
        rungs: how many rungs of the ladder are behind; ``rung_from`` is where the delay to the next one counts from.
        repeats: how many repeats are behind; ``repeat_from`` likewise.
        stopped_at: when the stage that it is for was over.
        set_at: when its due instant was last computed; nothing that it asks for is due before that.
    """

    kind: ClockKind
    since: datetime
    limit: Limit
    due_at: datetime | None
    last_day: str
    provisional: bool
    first_due_at: datetime | None = None
    extended: bool = False
    pauses: tuple[Pause, ...] = ()
    hold: Hold | None = None
    skipped: tuple[int, ...] = ()
    reminded: tuple[int, ...] = ()
    breached_at: datetime | None = None
    told: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    rungs: int = 0
    rung_from: datetime | None = None
    repeats: int = 0
    repeat_from: datetime | None = None
    stopped_at: datetime | None = None
    set_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """Somebody has the matter in hand (签收): the ladder rests until ``until`` unless nothing moves by then."""

    post_id: str
    at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A request for more time (延期申请) and what became of it; ``until`` is the new last day (ISO, local).

    ``requested_for`` is the one in whose name a substitute asked.
    """

    until: str
    reason: str
    requested_by: str
    requested_post: str
    requested_at: datetime
    due_before: datetime
    evidence: tuple[Evidence, ...] = ()
    decision: Decision = Decision.PENDING
    decided_by: str | None = None
    decided_post: str | None = None
    decided_at: datetime | None = None
    due_after: datetime | None = None
    requested_for: str | None = None


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A supervision slip (督办单): made when a case takes a graver colour, answered by its addressee in time or chased."""

    serial: str
    colour: Colour
    at: datetime
    post_id: str
    reply_due_at: datetime
    replied_at: datetime | None = None
    replied_by: str | None = None
    reply: str | None = None
    chased: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the clock does next: at which instant (aware UTC), and of which reminder, rung or slip."""

    kind: StepKind
    at: datetime
    lead: int = 0
    serial: str = ""
