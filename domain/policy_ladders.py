"""What the ladder of a policy must be: it rises without coming back, and ends with somebody who commands.

Invariant: judged by the ladder alone. Delays are compared in working time of the usual opening hours, as a policy
does not know those of the district.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

from domain import workdays
from domain.errors import Kind, Refused
from domain.ladder import Addressee, Ladder, Rung
from domain.workdays import Calendar, Limit, Unit

COMMANDING: Final = frozenset({Addressee.DEPUTY, Addressee.LEADER})
"""Who commands: without one of them at its end a ladder is heard by nobody who can decide (notice, section 2)."""

MOST_LEAD: Final = 60
MOST_GAP: Final = 20
"""Working days; a case that is late is never silent for longer."""

_WORKING: Final = frozenset({Unit.WORKING_DAYS, Unit.WORKING_HOURS})
_USUAL: Final = Calendar(region="", version="", official_years=())


def faults(field: str, ladder: Ladder) -> Iterator[Refused]:
    """Everything that is wrong with a ladder, whose path is ``field``."""
    yield from _told(f"{field}.rungs", ladder.rungs)
    yield from _delays(f"{field}.rungs", ladder.rungs)
    yield from _colours(field, ladder)
    yield from _units(field, ladder)
    yield from _repeats(field, ladder)


def _told(field: str, rungs: tuple[Rung, ...]) -> Iterator[Refused]:
    """Whom it tells: each higher than the one before, the last in command."""
    if not rungs:
        yield _refused("ladder_reaches_nobody", field, "督办阶梯一级也没有，逾期后无人知晓")
        return
    highest, told = Addressee.RECTIFIER.rank, set[Addressee]()
    for number, rung in enumerate(rungs):
        if rung.to is Addressee.RECTIFIER:
            message = f"{rung.to.label}本就是要办理的人，督办须告知其上级"
            yield _refused("ladder_reaches_nobody", f"{field}.{number}.to", message)
        elif rung.to in told:
            yield _refused("ladder_cycle", f"{field}.{number}.to", f"又回到已告知过的{rung.to.label}")
        elif rung.to.rank < highest:
            yield _refused("ladder_cycle", f"{field}.{number}.to", f"须逐级向上，{rung.to.label}低于前一级")
        highest = max(highest, rung.to.rank)
        told.add(rung.to)
    if rungs[-1].to not in COMMANDING:
        names = "或".join(one.label for one in Addressee if one in COMMANDING)
        yield _refused("ladder_reaches_nobody", f"{field}.{len(rungs) - 1}.to", f"最后一级须为{names}")


def _delays(field: str, rungs: tuple[Rung, ...]) -> Iterator[Refused]:
    """How long after: each later than the one before."""
    before: timedelta | None = None
    for number, rung in enumerate(rungs):
        if rung.after.unit not in _WORKING:
            continue
        delay = workdays.total(_USUAL, rung.after)
        if before is not None and delay <= before:
            yield _refused("ladder_not_rising", f"{field}.{number}.after", "须比前一级更晚")
        before = delay


def _colours(field: str, ladder: Ladder) -> Iterator[Refused]:
    """The colours: none lighter than before, and each that is given with a time in which its slip is answered."""
    given = [("colour", ladder.colour)]
    given += [
        (f"rungs.{number}.colour", rung.colour) for number, rung in enumerate(ladder.rungs) if rung.colour
    ]
    for (_, before), (where, colour) in pairwise(given):
        if colour.rank < before.rank:
            yield _refused("ladder_not_rising", f"{field}.{where}", "颜色须逐级加重，不得由重转轻")
    for colour in dict.fromkeys(colour for _, colour in given):
        if colour not in ladder.replies:
            yield _refused(
                "policy_gap", f"{field}.replies.{colour.value}", f"{colour.label}督办单没有回复时限"
            )


def _units(field: str, ladder: Ladder) -> Iterator[Refused]:
    """Delays, replies and rests are working time: nobody is called up on a day off."""
    for where, limit in _spans(ladder):
        if limit.unit not in _WORKING:
            yield _refused("policy_invalid", f"{field}.{where}.unit", "须为 working_days 或 working_hours")


def _spans(ladder: Ladder) -> Iterator[tuple[str, Limit]]:
    for number, rung in enumerate(ladder.rungs):
        yield f"rungs.{number}.after", rung.after
    for colour, limit in ladder.replies.items():
        yield f"replies.{colour.value}", limit
    yield "acknowledged_for", ladder.acknowledged_for


def _repeats(field: str, ladder: Ladder) -> Iterator[Refused]:
    """Reminders before and repeats after."""
    for number, lead in enumerate(ladder.reminders):
        if not 0 <= lead <= MOST_LEAD:
            yield _refused(
                "policy_invalid", f"{field}.reminders.{number}", f"须在 0 至 {MOST_LEAD} 个工作日之间"
            )
    for number, (before, lead) in enumerate(pairwise(ladder.reminders), 1):
        if lead >= before:
            yield _refused("policy_invalid", f"{field}.reminders.{number}", "须由远及近，不得重复")
    if not 1 <= ladder.longest_gap <= MOST_GAP:
        yield _refused(
            "policy_invalid", f"{field}.longest_gap", f"须在 1 至 {MOST_GAP} 个工作日之间，逾期不得无声"
        )


def _refused(code: str, field: str, message: str) -> Refused:
    return Refused(Kind.INVALID, code, message, field=field)
