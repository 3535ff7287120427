"""Reminders and the escalation ladder (催办与逐级督办) as policy data: who is told, and how long after.

Invariant: every value stands in JSON as it is and is stamped on a case with its terms; a ladder only ever speaks of
addressees by what they are to the case, never of posts or people.
The notice names the chain of command (section 2) but no delays, so every delay is the bureau's own visible policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.workdays import Limit, Unit


class ClockKind(StrEnum):
    """Whose time it is: each clock is one party's duty, and starts, pauses and runs out by itself."""

    RESPOND = "respond"
    RECTIFY = "rectify"
    VERIFY = "verify"
    CLOSE = "close"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _CLOCKS[self]


_CLOCKS: Final = {
    ClockKind.RESPOND: "响应时限",
    ClockKind.RECTIFY: "整改时限",
    ClockKind.VERIFY: "复查时限",
    ClockKind.CLOSE: "销号时限",
}


class Addressee(StrEnum):
    """Who somebody is to a case, from the one who has to act upwards."""

    RECTIFIER = "rectifier"
    UNIT_HEAD = "unit_head"
    TEAM = "team"
    OFFICE = "office"
    DEPUTY = "deputy"
    LEADER = "leader"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _ADDRESSEES[self]

    @property
    def rank(self) -> int:
        """How high: 0 is the rectifier."""
        return list(Addressee).index(self)


_ADDRESSEES: Final = {
    Addressee.RECTIFIER: "整改责任岗位",
    Addressee.UNIT_HEAD: "机构主要负责人",
    Addressee.TEAM: "督导组",
    Addressee.OFFICE: "领导小组办公室",
    Addressee.DEPUTY: "副组长",
    Addressee.LEADER: "组长",
}


class Colour(StrEnum):
    """The colour of a case that is late, and of the supervision slip (蓝/黄/红 督办单) that goes with it."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"

    @property
    def label(self) -> str:
        """The term that people use."""
        return _COLOURS[self]

    @property
    def rank(self) -> int:
        """How grave: 0 is blue."""
        return list(Colour).index(self)


_COLOURS: Final = {Colour.BLUE: "蓝色", Colour.YELLOW: "黄色", Colour.RED: "红色"}

_ONE_DAY: Final = Limit(unit=Unit.WORKING_DAYS, amount=1)


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of the ladder: who is told, how much working time after the due instant, and which colour that gives."""

    to: Addressee
    after: Limit
    colour: Colour | None = None


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """What happens around a due instant.

    Attributes:
        reminders: how many working days before the last day the one who has to act is reminded, at opening; 0 is
            the last day itself.
        rungs: who is told afterwards, from below upwards; those not above the one who has to act are passed over.
        colour: the colour of a case from its due instant on.
        replies: colour → within what a supervision slip must be answered.
        acknowledged_for: for how long an acknowledgement holds the ladder.
        longest_gap: working days; the repeats thin out (1, 2, 4, 8 …) up to this gap and never end by themselves.
    """

    reminders: tuple[int, ...] = (3, 1, 0)
    rungs: tuple[Rung, ...] = ()
    colour: Colour = Colour.BLUE
    replies: Mapping[Colour, Limit] = field(default_factory=dict)
    acknowledged_for: Limit = _ONE_DAY
    longest_gap: int = 20


@dataclass(frozen=True, kw_only=True)
class Period:
    """A sensitive period (重要时节), such as the days around National Day: the ladder is quicker for what is due in it.

    ``first`` and ``last`` are ISO dates in local time, both included; ``percent`` of each delay remains.
    """

    name: str
    first: str
    last: str
    percent: int
    source_doc: str = ""
