"""The words and values of a hazard case (安全隐患): stages, actions, the case itself, a command, a change.

Invariant: everything here is frozen; a new state is a new value.
Source of the stages: the practice of hazard systems in use (待核实 … 已销号); 暂行规定 (安监总局令第16号) art. 3, 15,
18, 21 for what a major hazard needs.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.audit import Entry
from domain.evidence import Evidence
from domain.people import Actor
from domain.terms import ReopenClock, Terms


class Stage(StrEnum):
    """Where a case stands. Overdue, listed, suspended and fixed-on-the-spot are flags, not stages."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    ASSIGNED = "assigned"
    RECTIFYING = "rectifying"
    VERIFYING = "verifying"
    AWAITING_CLOSURE = "awaiting_closure"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    TRANSFERRED = "transferred"
    MERGED = "merged"

    @property
    def label(self) -> str:
        """The Chinese name that people use."""
        return STAGE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self in OPEN_STAGES


STAGE_LABELS: Final[Mapping[Stage, str]] = {
    Stage.REPORTED: "待核实",
    Stage.CONFIRMED: "待派发",
    Stage.ASSIGNED: "待整改",
    Stage.RECTIFYING: "整改中",
    Stage.VERIFYING: "待复查",
    Stage.AWAITING_CLOSURE: "待销号",
    Stage.CLOSED: "已销号",
    Stage.DISMISSED: "误报",
    Stage.TRANSFERRED: "已移交",
    Stage.MERGED: "已合并",
}
OPEN_STAGES: Final = (
    Stage.REPORTED,
    Stage.CONFIRMED,
    Stage.ASSIGNED,
    Stage.RECTIFYING,
    Stage.VERIFYING,
    Stage.AWAITING_CLOSURE,
)


class Action(StrEnum):
    """What a person may do to a case."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    TRANSFER = "transfer"
    MERGE = "merge"
    REGRADE = "regrade"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    PLAN = "plan"
    CONTROL = "control"
    START = "start"
    SUBMIT = "submit"
    PASS = "pass"  # noqa: S105
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"
    SUPERVISE = "supervise"
    LIFT_SUPERVISION = "lift_supervision"
    SUSPEND_USE = "suspend_use"
    RESUME_USE = "resume_use"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The Chinese name that people use."""
        return ACTION_LABELS[self]


ACTION_LABELS: Final[Mapping[str, str]] = {
    Action.CONFIRM: "核实确认",
    Action.DISMISS: "判为误报",
    Action.TRANSFER: "移交其他部门",
    Action.MERGE: "并入另一案",
    Action.REGRADE: "调整等级",
    Action.ASSIGN: "派发整改",
    Action.REASSIGN: "转派",
    Action.PLAN: "报送治理方案",
    Action.CONTROL: "落实临时管控措施",
    Action.START: "开始整改",
    Action.SUBMIT: "整改完成，申请复查",
    Action.PASS: "复查通过",
    Action.RETURN: "退回整改",
    Action.CLOSE: "销号",
    Action.REOPEN: "反销号",
    Action.SUPERVISE: "挂牌督办",
    Action.LIFT_SUPERVISION: "解除挂牌督办",
    Action.SUSPEND_USE: "责令停用",
    Action.RESUME_USE: "批准恢复使用",
    Action.NOTE: "进展反馈",
    "report": "发现上报",
    "lapse": "到期未办，标记逾期",
}

REPORT: Final = "report"
LAPSE: Final = "lapse"

PLAN_ITEMS: Final[Mapping[str, str]] = {
    "responsibility": "责任落实",
    "measures": "措施落实",
    "funds": "资金落实",
    "time_limit": "时限落实",
    "emergency_plan": "预案落实",
}
"""五落实: responsibility, measures, funds, time limit, plan (暂行规定 art. 15; practice of the ledgers)."""


class Verdict(StrEnum):
    """How a round of rectification was judged."""

    PASSED = "passed"
    RETURNED = "returned"


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


@dataclass(frozen=True, kw_only=True)
class Case:
    """The whole state of one hazard after ``seq`` changes; ``head`` is the hash of the last of them.

    All instants are aware UTC. ``rectifiers`` are the persons who took part in the rectification in any cycle.
    ``clock`` is what a reopened case does with its limit, until it is closed again.
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


@dataclass(frozen=True, kw_only=True)
class Command:
    """One act on a case: the action, who acts, the request's key and what the action needs."""

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


@dataclass(frozen=True, kw_only=True)
class Change:
    """A decided step: the entry for the record and the case that results from it."""

    entry: Entry
    case: Case
