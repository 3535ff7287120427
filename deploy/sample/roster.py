"""The sample's duty roster: asked of every unit before the story began, so that there is somebody on time, late, returned and missing.

Invariant: every instant is reckoned from when the first hazard of the story was reported, which a repeat is told again.
"""

from datetime import datetime, time, timedelta, timezone
from typing import Any, Final

from deploy.sample.storyteller import Json, Storyteller

TITLE: Final = "假期值班表，有按时、迟报、退回、免报与未报"
DAY: Final = timedelta(days=1)
LOCAL: Final = timezone(timedelta(hours=8))
SHIFTS: Final = 3


async def roster(teller: Storyteller, began: datetime) -> str:
    """Collect the roster; ``began`` (aware) is when the story began. Gives the collection's number."""
    due = began.replace(second=0, microsecond=0) - timedelta(hours=1)
    first = datetime.combine(began.astimezone(LOCAL) + 2 * DAY, time(), LOCAL)
    number = await teller.collect(
        TITLE,
        kind="duty_roster",
        title="假期值班表",
        basis="示例民发〔2026〕18号",
        opens_at=_spoken(due - DAY),
        due_at=_spoken(due),
        cut_off_at=_spoken(due + 7 * DAY),
        covers_from=_spoken(first),
        covers_to=_spoken(first + SHIFTS * DAY),
        contact_post="office",
        contact_phone="010-55550100",
    )
    for place, (unit, early) in enumerate((("ec01", 180), ("ec02", 20), ("ec04", 90))):
        received = _spoken(due - timedelta(minutes=early))
        await teller.register(number, unit, received_at=received, content=_content(first, place))
    await teller.hand_in("p-ec03-safety", number, "ec03", content=_content(first, 3))
    await teller.decide(number, "accept", unit_id="ec01")
    await teller.decide(number, "return", unit_id="ec04", reasons=["没有加盖单位公章"])
    await teller.decide(number, "exempt", unit_id="fu02", reason="停业修缮，假期不开放")
    return number


def _content(first: datetime, place: int) -> Json:
    """A roster without a gap; names and numbers are placeholders."""
    leader = {"name": "带班领导示例", "mobile": f"138000002{place:02}"}
    shifts = [
        {
            "starts_at": _spoken(first + day * DAY),
            "ends_at": _spoken(first + (day + 1) * DAY),
            "duty": {"name": "值班员示例", "mobile": f"138000001{place:02}"},
            "leader": leader,
        }
        for day in range(SHIFTS)
    ]
    content: dict[str, Any] = {"landline": f"010-555502{place:02}", "shifts": shifts}
    return content


def _spoken(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat()
