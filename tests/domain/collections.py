"""A collection and its units for the tests of the rules: the notice's roster, at its own dates."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from adapters import official_days
from domain import workdays
from domain.collection import Collection, CollectionKind, Consequence, Member, Phase, Reminders, Window
from domain.workdays import Calendar, OpeningHours

LOCAL: Final = timezone(timedelta(hours=8))
DUE: Final = datetime(2022, 9, 29, 11, 30, tzinfo=LOCAL).astimezone(UTC)
OPENS: Final = datetime(2022, 9, 23, 9, 0, tzinfo=LOCAL).astimezone(UTC)
CUT_OFF: Final = datetime(2022, 9, 29, 18, 0, tzinfo=LOCAL).astimezone(UTC)
WINDOW: Final = Window(
    opens_at=OPENS, due_at=DUE, cut_off_at=CUT_OFF, wording="9月29日（星期四）11:30前报送至微信群"
)

CALENDAR: Final = workdays.edited(
    Calendar(region="CN", version="1", official_years=(2022,), hours=OpeningHours()),
    next(plan for plan in official_days.plans() if plan.year == 2022).days,
)
"""The official days of 2022: 10月1日至7日 off, 8日 and 9日 worked."""


def kind(**more: Any) -> CollectionKind:
    given: dict[str, Any] = {
        "code": "duty_roster",
        "version": 1,
        "label": "值班表",
        "form": {},
        "reminders": Reminders(before=(1440, 120, 30), after=(60,)),
        "consequence": Consequence.BULLETIN,
        "review": True,
    }
    return CollectionKind(**given | more)


def collection(**more: Any) -> Collection:
    given: dict[str, Any] = {
        "id": "SJ-2022-000001",
        "seq": 1,
        "head": "0" * 64,
        "phase": Phase.SCHEDULED,
        "kind": kind(),
        "title": "国庆假期值班表",
        "basis": "示例民发〔2022〕1号",
        "district": "示例区",
        "window": WINDOW,
        "audience": "全区各民政服务机构",
        "contact_post": "office",
        "contact_phone": "0477-5555010",
        "expected": 3,
        "created_at": OPENS,
        "created_by": "p-office",
        "created_post": "office",
    }
    return Collection(**given | more)


def member(unit: str = "ec01", **more: Any) -> Member:
    given: dict[str, Any] = {
        "collection_id": "SJ-2022-000001",
        "unit_id": unit,
        "unit_name": f"{unit}（示例）",
        "post_id": f"{unit}-safety",
    }
    return Member(**given | more)
