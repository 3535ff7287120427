"""The words of the hazard loop (隐患整改闭环): stages, actions, what the clock does, and their Chinese terms.

Source of the stages: the practice of hazard systems in use (待核实 … 已销号); 暂行规定 (安监总局令第16号) art. 3, 15,
18, 21 for what a major hazard needs.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.ladder import ClockKind


class Stage(StrEnum):
    """Where a case stands. Overdue, listed, suspended, paused and fixed-on-the-spot are flags, not stages."""

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
CLOCK_OF: Final[Mapping[Stage, ClockKind]] = {
    Stage.REPORTED: ClockKind.RESPOND,
    Stage.CONFIRMED: ClockKind.RESPOND,
    Stage.ASSIGNED: ClockKind.RECTIFY,
    Stage.RECTIFYING: ClockKind.RECTIFY,
    Stage.VERIFYING: ClockKind.VERIFY,
    Stage.AWAITING_CLOSURE: ClockKind.CLOSE,
}
"""Whose time runs in a stage: the bureau's until it is assigned, the unit's until it is submitted, and so on."""


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
    EXTEND = "extend"
    GRANT_EXTENSION = "grant_extension"
    DENY_EXTENSION = "deny_extension"
    PAUSE = "pause"
    DEFER = "defer"
    RESUME = "resume"
    ACKNOWLEDGE = "acknowledge"
    REPLY = "reply"
    SUPERVISE = "supervise"
    LIFT_SUPERVISION = "lift_supervision"
    SUSPEND_USE = "suspend_use"
    RESUME_USE = "resume_use"
    NOTE = "note"
    CLAIM = "claim"
    RELEASE = "release"
    HAND_OVER = "hand_over"

    @property
    def label(self) -> str:
        """The Chinese name that people use."""
        return ACTION_LABELS[self]


class StepKind(StrEnum):
    """What the clock does to a case by itself, at an instant that the terms decide."""

    REVIVE = "revive"
    REMIND = "remind"
    LAPSE = "lapse"
    REARM = "rearm"
    ESCALATE = "escalate"
    REPEAT = "repeat"
    CHASE = "chase"

    @property
    def label(self) -> str:
        """The Chinese name that people use."""
        return ACTION_LABELS[self]

    @property
    def order(self) -> int:
        """Which of two steps of the same instant comes first."""
        return _ORDER[self]


_ORDER: Final = {kind: place for place, kind in enumerate(StepKind)}


REPORT: Final = "report"
RESTAMP: Final = "restamp"
CHANGE_TEAM: Final = "change_team"
COMMENT: Final = "comment"

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
    Action.EXTEND: "申请延期",
    Action.GRANT_EXTENSION: "批准延期",
    Action.DENY_EXTENSION: "不予延期",
    Action.PAUSE: "暂停计时",
    Action.DEFER: "暂缓办理",
    Action.RESUME: "恢复计时",
    Action.ACKNOWLEDGE: "签收督办",
    Action.REPLY: "回复督办单",
    Action.SUPERVISE: "挂牌督办",
    Action.LIFT_SUPERVISION: "解除挂牌督办",
    Action.SUSPEND_USE: "责令停用",
    Action.RESUME_USE: "批准恢复使用",
    Action.NOTE: "进展反馈",
    Action.CLAIM: "签领",
    Action.RELEASE: "退领",
    Action.HAND_OVER: "转交签领",
    REPORT: "发现上报",
    RESTAMP: "时限重算",
    CHANGE_TEAM: "改由现包联的督导组承办",
    COMMENT: "外部人员留言",
    StepKind.REVIVE: "暂缓期满，恢复计时",
    StepKind.REMIND: "临期提醒",
    StepKind.LAPSE: "到期未办，标记逾期",
    StepKind.REARM: "签收后未见进展，恢复督办",
    StepKind.ESCALATE: "逐级督办",
    StepKind.REPEAT: "逾期催办",
    StepKind.CHASE: "督办单逾期未复",
}

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


class Decision(StrEnum):
    """What became of an extension request (延期申请)."""

    PENDING = "pending"
    GRANTED = "granted"
    DENIED = "denied"
    MOOT = "moot"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _DECISIONS[self]


_DECISIONS: Final = {
    Decision.PENDING: "待审批",
    Decision.GRANTED: "已批准",
    Decision.DENIED: "未批准",
    Decision.MOOT: "已失效",
}
