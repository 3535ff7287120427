"""The words of a collection (限时收集): its phases, what becomes of a unit in it, and the acts and steps that there are.

Invariant: late and missing are different, and what a person found defective is a third; every unit of the list is exactly one of five.
Source: notice, section 5 (迟报或不报的单位), section 4 (日报告、零报告); domain facts 1.3.2 for 材料不合格.
"""

from enum import StrEnum
from typing import Final


class Phase(StrEnum):
    """Where a collection stands in its three instants."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    LATE = "late"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _PHASES[self]

    @property
    def is_open(self) -> bool:
        """Whether there is still an instant to come."""
        return self not in (Phase.ENDED, Phase.CANCELLED)


_PHASES: Final = {
    Phase.SCHEDULED: "待开启",
    Phase.OPEN: "收集中",
    Phase.LATE: "已到期，可补报",
    Phase.ENDED: "已截止",
    Phase.CANCELLED: "已撤销",
}


class Outcome(StrEnum):
    """What a unit is on the list, at any instant: exactly one of these."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    EXEMPT = "exempt"
    DEFECTIVE = "defective"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _OUTCOMES[self]


_OUTCOMES: Final = {
    Outcome.ON_TIME: "按时报送",
    Outcome.LATE: "迟报",
    Outcome.MISSING: "未报",
    Outcome.EXEMPT: "免报",
    Outcome.DEFECTIVE: "材料不合格",
}


class Via(StrEnum):
    """How a submission came."""

    API = "api"
    GROUP = "group"

    @property
    def label(self) -> str:
        """The term that people use."""
        return {Via.API: "系统报送", Via.GROUP: "工作群报送，办公室代登记"}[self]


class Consequence(StrEnum):
    """What follows at cut-off where a unit is late, missing or defective."""

    BULLETIN = "bulletin"
    ESCALATION = "escalation"
    BOTH = "both"
    NONE = "none"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _CONSEQUENCES[self]

    @property
    def bulletin(self) -> bool:
        """Whether a bulletin (通报) is drafted."""
        return self in (Consequence.BULLETIN, Consequence.BOTH)

    @property
    def escalation(self) -> bool:
        """Whether the leaders are told."""
        return self in (Consequence.ESCALATION, Consequence.BOTH)


_CONSEQUENCES: Final = {
    Consequence.BULLETIN: "通报",
    Consequence.ESCALATION: "上报领导小组",
    Consequence.BOTH: "通报并上报领导小组",
    Consequence.NONE: "不追究",
}


class Action(StrEnum):
    """What people decide about a running collection, or about one unit in it."""

    EXTEND = "extend"
    EXEMPT = "exempt"
    RETURN = "return"
    ACCEPT = "accept"
    CANCEL = "cancel"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _ACTIONS[self]


_ACTIONS: Final = {
    Action.EXTEND: "单位延期",
    Action.EXEMPT: "单位免报",
    Action.RETURN: "退回（材料不合格）",
    Action.ACCEPT: "审核通过",
    Action.CANCEL: "撤销收集",
}


class StepKind(StrEnum):
    """What the clock does."""

    OPEN = "open"
    REMIND = "remind"
    DUE = "due"
    CHASE = "chase"
    CUT_OFF = "cut_off"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _STEPS[self]

    @property
    def order(self) -> int:
        """Which of two steps at one instant comes first: 0 is the first."""
        return list(StepKind).index(self)


_STEPS: Final = {
    StepKind.OPEN: "开启收集",
    StepKind.REMIND: "催报",
    StepKind.DUE: "到期",
    StepKind.CHASE: "逾期催报",
    StepKind.CUT_OFF: "截止并固定名单",
}

CREATED: Final = "create"
"""The first change of a collection."""

END_EARLY: Final = "end_early"
"""The change by which a collection ends because nobody is outstanding any more."""


def label_of(action: str) -> str:
    """What a change of a collection is called: an act, or a step such as ``remind:1440`` or ``due:ec01``."""
    known = {CREATED: "新建收集", END_EARLY: "收齐，提前截止并固定名单"}
    name = action.partition(":")[0]
    if name in known:
        return known[name]
    return StepKind(name).label if name in set(StepKind) else Action(name).label
