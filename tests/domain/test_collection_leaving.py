"""What the clock of a collection tells leaves in business hours or at once, and after an outage says what is true, once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain import collection as rules
from domain.collection import Action, Change, Collection, Decision, Phase, Reminders, StepKind, Window
from domain.people import Actor, Holding, Role
from tests.domain.collections import CALENDAR, LOCAL, OPENS, WINDOW, collection, kind

NEVER_AT_NIGHT = Reminders(before=(4320, 1440, 120), after=(120,), urgent=False)


def _local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, month, day, hour, minute, tzinfo=LOCAL)


def _report(**more: object) -> Collection:
    """The rectification report due by the end of 10月8日, open since 9月23日."""
    window = Window(opens_at=OPENS, due_at=_local(10, 9, 0), cut_off_at=_local(10, 10, 9))
    opened = {
        "phase": Phase.OPEN,
        "opened_at": OPENS,
        "window": window,
        "kind": kind(reminders=NEVER_AT_NIGHT),
    }
    return collection(**opened | more)


def _all_at(made: Collection, now: datetime) -> tuple[Collection, list[Change]]:
    """Every step but the cut-off that is due at ``now``, taken then, as after an outage."""
    changes: list[Change] = []
    while (
        (step := rules.next_step(made)) is not None and step.at <= now and step.kind is not StepKind.CUT_OFF
    ):
        change = rules.take(made, step, now, CALENDAR)
        made, changes = change.collection, [*changes, change]
    return made, changes


def _next(made: Collection) -> Change:
    step = rules.next_step(made)
    assert step is not None
    return rules.take(made, step, step.at, CALENDAR)


def test_what_is_not_urgent_waits_for_the_next_opening_and_says_so() -> None:
    """Three days before the end of 10月8日 is a day of the holiday; the 8th is a Saturday that is worked."""
    change = _next(_report(kind=kind(reminders=replace(NEVER_AT_NIGHT, before=(4320,)))))
    assert change.entry.action == "remind:4320"
    assert change.telling is not None
    assert change.leaves_at == _local(10, 8, 8, 30)
    assert not change.telling.urgent
    assert change.entry.note == "非上班时间，待10月08日08:30上班时发出"


def test_of_two_that_would_leave_at_the_same_opening_the_later_does() -> None:
    first = _next(_report())
    second = _next(first.collection)
    assert (first.entry.action, first.telling) == ("remind:4320", None)
    assert first.entry.note == "其后一次届时也已到时，只通知一次"
    assert (second.entry.action, second.leaves_at) == ("remind:1440", _local(10, 8, 8, 30))


def test_a_reminder_that_would_leave_behind_its_due_instant_leaves_at_once() -> None:
    made, _ = _all_at(_report(), _local(10, 8, 10))
    change = _next(made)
    assert (change.entry.action, change.leaves_at) == ("remind:120", _local(10, 8, 22))
    assert change.telling is not None
    assert change.telling.urgent
    assert change.entry.note == "非上班时间，等到上班已过时限，即时发出"


def test_an_overdue_notice_waits_until_it_could_no_longer_be_followed() -> None:
    made = _report(kind=kind(reminders=replace(NEVER_AT_NIGHT, before=(), after=())))
    cut_off_later = replace(made.window, cut_off_at=_local(10, 9, 18))
    assert _next(replace(made, window=cut_off_later)).leaves_at == _local(10, 9, 8, 30)
    at_dawn = replace(made.window, cut_off_at=_local(10, 9, 8))
    assert _next(replace(made, window=at_dawn)).leaves_at == _local(10, 9, 0)


def test_what_is_urgent_leaves_at_night() -> None:
    made = _report(kind=kind(reminders=replace(NEVER_AT_NIGHT, urgent=True)))
    change = _next(made)
    assert (change.leaves_at, change.entry.note) == (_local(10, 6, 0), None)


@pytest.mark.parametrize(
    ("at", "leaves"), [(_local(10, 7, 12), _local(10, 8, 8, 30)), (_local(10, 8, 12), _local(10, 8, 12))]
)
def test_the_sum_of_a_list_that_is_frozen_on_a_day_off_waits_for_the_office_to_open(
    at: datetime, leaves: datetime
) -> None:
    made = _report(window=Window(opens_at=OPENS, due_at=at, cut_off_at=at))
    assert rules.end(made, rules.Counts(missing=1), "f" * 64, at, CALENDAR).leaves_at == leaves
    assert rules.end(made, rules.Counts(), "f" * 64, at, CALENDAR, early=True).leaves_at is None


def _dead_until(now: datetime) -> list[tuple[str, str | None]]:
    """What is told, and what is noted, when a worker that died behind the opening is back at ``now``."""
    opened = rules.take(collection(), next(rules.pending(collection())), OPENS, CALENDAR).collection
    _, changes = _all_at(opened, now)
    return [(one.entry.action, None if one.telling is None else one.telling.text) for one in changes]


def test_a_worker_that_is_back_behind_the_due_instant_tells_of_it_once() -> None:
    told = _dead_until(WINDOW.due_at + timedelta(hours=2))
    assert [action for action, _ in told] == ["remind:1440", "remind:120", "remind:30", "due", "chase:60"]
    assert [text is None for _, text in told] == [True, True, True, True, False]
    assert (told[-1][1] or "").endswith("请于2022年9月29日（星期四）18:00截止前补报")


def test_a_worker_that_is_back_between_two_reminders_sends_the_later_alone() -> None:
    told = _dead_until(WINDOW.due_at - timedelta(minutes=90))
    assert [(action, text is None) for action, text in told] == [("remind:1440", True), ("remind:120", False)]


def test_behind_the_cut_off_nobody_is_told_to_submit() -> None:
    never, changes = _all_at(collection(), WINDOW.cut_off_at)
    assert [(one.entry.action, one.telling) for one in changes] == [
        (action, None) for action in ("open", "remind:1440", "remind:120", "remind:30", "due", "chase:60")
    ]
    assert {one.entry.note for one in changes} == {"截止时刻已过，不再通知"}
    assert never.phase is Phase.LATE


def test_an_opening_behind_the_due_instant_says_what_can_still_be_done_and_says_it_once() -> None:
    _, changes = _all_at(collection(), WINDOW.due_at + timedelta(hours=2))
    first, *others = changes
    assert first.telling is not None
    assert first.telling.text.startswith(
        "“国庆假期值班表”（值班表）已于2022年9月29日（星期四）11:30到期，请于2022年9月29日（星期四）18:00截止前补报，依据："
    )
    assert [(one.entry.action, one.telling, one.entry.note) for one in others] == [
        ("due", None, "开启时已一并告知"),
        ("chase:60", None, "开启时已一并告知"),
    ]


def test_a_collection_that_is_cancelled_before_its_opening_is_told_to_nobody() -> None:
    actor = Actor(person_id="p-1", holdings=(Holding(post_id="office", role=Role.OFFICE, unit_id="bureau"),))
    by, decision = rules.By(person_id="p-1"), Decision(action=Action.CANCEL, reason="文件撤回")
    opened = rules.take(collection(), next(rules.pending(collection())), OPENS, CALENDAR).collection
    early, late = (rules.act(one, None, decision, actor, by, OPENS).change for one in (collection(), opened))
    assert (early.collection.phase, early.telling) == (Phase.CANCELLED, None)
    assert late.telling is not None
    assert late.telling.text == "“国庆假期值班表”已撤销，不必报送：文件撤回"
