"""The values of a hazard case (安全隐患): the case itself, its rounds, a command, a change.

Invariant: everything here is frozen; a new state is a new value.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.audit import Entry
from domain.evidence import Evidence
from domain.hazard.timing import Acknowledgement, Clock, Extension, Slip
from domain.hazard.words import Action, Decision, Stage, Verdict
from domain.ladder import Colour
from domain.notices import Notice
from domain.people import Actor
from domain.terms import ReopenClock, Terms


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round of rectification: its own deadline, who submitted what, who judged it and why."""

    cycle: int
    number: int
    due_at: datetime | None
    submitted_by: str | None = None
    submitted_post: str | None = None
    submitted_at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    verified_by: str | None = None
    verified_post: str | None = None
    verified_at: datetime | None = None
    verdict: Verdict | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Grade:
    """A hazard level (等级): its code in the dictionary and whether the law's major-hazard rules bind."""

    code: str
    major: bool


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """挂牌督办: at which level, by which organ, under which document number."""

    level: str
    organ: str
    document_number: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Who took the work that waits on a post with several holders (签领), by which post and when (aware UTC)."""

    person_id: str
    post_id: str
    at: datetime


def place_key(place: str) -> str:
    """A place as it is compared: two spellings that differ only in width, case or spaces are one place."""
    return "".join(unicodedata.normalize("NFKC", place).casefold().split())


@dataclass(frozen=True, kw_only=True)
class Report:
    """What an intake knows of a hazard before it has a number; posts are resolved by the directory."""

    unit_id: str
    unit_name: str
    district: str
    place: str
    category: str
    item: str | None
    description: str
    grade: Grade
    fixed_on_spot: bool
    evidence: tuple[Evidence, ...]
    unit_post: str
    team_post: str
    office_post: str
    closing_authority: str
    repeat_of: str | None = None
    category_label: str = ""
    head_post: str | None = None
    deputy_post: str | None = None
    leader_post: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """The whole state of one hazard after ``seq`` changes; ``head`` is the hash of the last of them.

    All instants are aware UTC. ``rectifiers`` are the persons who took part in the rectification in any cycle.
    ``clock`` is what a reopened case of plain days does with its limit, until it is closed again. ``running`` is the clock
    of this stage, ``stopped`` those before it. ``due_at``, ``overdue`` and ``colour`` follow from it.
    """

    id: str
    seq: int
    head: str
    stage: Stage
    stage_since: datetime
    unit_id: str
    unit_name: str
    district: str
    place: str
    category: str
    item: str | None
    description: str
    level: str
    major: bool
    reported_at: datetime
    reported_by: str
    reported_post: str
    unit_post: str
    team_post: str
    office_post: str
    closing_authority: str
    terms: Terms
    responsible_post: str | None = None
    due_at: datetime | None = None
    overdue: bool = False
    overdue_count: int = 0
    cycle: int = 1
    clock: ReopenClock | None = None
    rounds: tuple[Round, ...] = ()
    rectifiers: tuple[str, ...] = ()
    plan: Mapping[str, str] | None = None
    controls: tuple[str, ...] = ()
    fixed_on_spot: bool = False
    suspended: bool = False
    supervision: Supervision | None = None
    repeat_of: str | None = None
    merged_into: str | None = None
    transferred_to: str | None = None
    receipt_number: str | None = None
    evidence: tuple[Evidence, ...] = ()
    closed_at: datetime | None = None
    recent_requests: tuple[str, ...] = ()
    category_label: str = ""
    head_post: str | None = None
    deputy_post: str | None = None
    leader_post: str | None = None
    running: Clock | None = None
    stopped: tuple[Clock, ...] = ()
    colour: Colour | None = None
    acknowledgement: Acknowledgement | None = None
    extensions: tuple[Extension, ...] = ()
    slips: tuple[Slip, ...] = ()
    claim: Claim | None = None

    @property
    def waiting_post(self) -> str | None:
        """The post on which the case waits now, or ``None`` when it waits on nobody."""
        return {
            Stage.REPORTED: self.team_post,
            Stage.CONFIRMED: self.office_post,
            Stage.ASSIGNED: self.responsible_post,
            Stage.RECTIFYING: self.responsible_post,
            Stage.VERIFYING: self.team_post,
            Stage.AWAITING_CLOSURE: self.closing_authority,
        }.get(self.stage)

    @property
    def paused(self) -> bool:
        """Whether time stands still for the case."""
        return self.running is not None and self.running.hold is not None

    @property
    def told_posts(self) -> tuple[str, ...]:
        """The posts that were told that the stage is overdue, the highest last; none while it is not."""
        return self.running.told if self.stage.is_open and self.running is not None else ()

    @property
    def pending_extension(self) -> Extension | None:
        """The request for more time that is still to be decided, if any."""
        last = self.extensions[-1] if self.extensions else None
        return last if last is not None and last.decision is Decision.PENDING else None


@dataclass(frozen=True, kw_only=True)
class Command:
    """One act on a case: the action, who acts, the request's key and what the action needs.

    ``terms`` are the case's own with newer days, under which it goes on (反销号): a closed case is not kept up to date.
    ``successor`` takes a claim over. ``lapsed`` is whose claim counts no more, because the post is no longer held.
    ``bulk`` names the bulk act that it is an item of: what it tells is told once for all of them.
    """

    action: Action
    request_id: str
    actor: Actor
    channel: str = "api"
    reason: str | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()
    grade: Grade | None = None
    post: str | None = None
    closing_authority: str | None = None
    plan: Mapping[str, str] | None = None
    department: str | None = None
    receipt_number: str | None = None
    into: str | None = None
    supervision: Supervision | None = None
    clock: ReopenClock | None = None
    until: str | None = None
    slip: str | None = None
    terms: Terms | None = None
    successor: str | None = None
    lapsed: str | None = None
    bulk: str | None = None


@dataclass(frozen=True, kw_only=True)
class Restamp:
    """Newer terms for a running case (时限重算): by whom, under which request, and because of which document.

    With ``days_only`` the case takes only the days of ``terms`` and goes on under the policy that it has by then.
    ``replaces`` are the versions of the policy that give way to ``terms``; ``None`` where any does. With ``team_post`` it goes on
    as it is under the team that covers its unit now.
    """

    terms: Terms
    person_id: str | None
    post_id: str | None
    request_id: str
    reason: str
    days_only: bool = False
    replaces: tuple[str, ...] | None = None
    team_post: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A decided step: the entry for the record, the case that results from it, and who is told (with its ``bulk`` act)."""

    entry: Entry
    case: Case
    notices: tuple[Notice, ...] = ()
    bulk: str | None = None
