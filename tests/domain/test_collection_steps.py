"""What the clock does to a collection: at its own dates, in any window, each step once and nothing dropped in silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres import codecs
from domain import audit
from domain import collection as rules
from domain.collection import Change, Collection, Phase, Reminders, StepKind, Window
from domain.collection.opening import Audience, Plan
from tests.domain.collections import CALENDAR, LOCAL, OPENS, WINDOW, collection, kind


def _wound(made: Collection) -> tuple[Collection, list[Change], list[str]]:
    """The collection taken by its clock up to its cut-off: the changes, and when each was as people say it."""
    changes: list[Change] = []
    told: list[str] = []
    while (step := rules.next_step(made)) is not None and step.kind is not StepKind.CUT_OFF:
        change = rules.take(made, step, step.at, CALENDAR)
        made, changes = change.collection, [*changes, change]
        told.append(f"{step.at.astimezone(LOCAL):%m-%d %H:%M} {step.key}")
    return made, changes, told


def test_the_notice_s_roster_at_its_own_dates() -> None:
    made, changes, told = _wound(collection())
    assert told == [
        "09-23 09:00 open",
        "09-28 11:30 remind:1440",
        "09-29 09:30 remind:120",
        "09-29 11:00 remind:30",
        "09-29 11:30 due",
        "09-29 12:30 chase:60",
    ]
    coming = rules.next_step(made)
    assert coming is not None
    assert (coming.kind, coming.at.astimezone(LOCAL)) == (
        StepKind.CUT_OFF,
        datetime(2022, 9, 29, 18, tzinfo=LOCAL),
    )
    assert made.phase is Phase.LATE
    first = changes[0].telling
    assert first is not None
    assert first.text.startswith(
        "请于2022年9月29日（星期四）11:30前报送“国庆假期值班表”（值班表），依据：示例民发〔2022〕1号。"
    )


_HOURS = st.floats(1, 24 * 90).map(lambda hours: timedelta(seconds=round(hours * 3600)))
_LEADS = st.lists(st.integers(1, 60 * 24 * 30), max_size=6, unique=True).map(tuple)


@given(_HOURS, _HOURS, _LEADS, _LEADS)
def test_in_any_window_every_applicable_step_is_taken_once_and_the_others_are_noted(
    length: timedelta, tail: timedelta, before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    due = OPENS + length
    window = Window(opens_at=OPENS, due_at=due, cut_off_at=due + tail)
    made, changes, _ = _wound(
        collection(window=window, kind=kind(reminders=Reminders(before=before, after=after)))
    )
    taken = [change.entry.action for change in changes]
    assert len(taken) == len(set(taken))
    applicable = {lead for lead in before if due - timedelta(minutes=lead) > OPENS}
    assert {action for action in taken if action.startswith("remind")} == {f"remind:{n}" for n in applicable}
    assert {f"remind:{n}" for n in before} <= set(made.done)
    chased = {n for n in after if due < due + timedelta(minutes=n) < window.cut_off_at}
    assert {action for action in taken if action.startswith("chase")} == {f"chase:{n}" for n in chased}
    assert all(change.telling is not None for change in changes)
    assert [change.entry.at for change in changes] == sorted(change.entry.at for change in changes)
    if applicable != set(before):
        assert "不适用" in (changes[0].entry.note or "")


def test_a_step_that_is_taken_behind_its_due_instant_tells_nobody_and_says_so() -> None:
    opened, _, _ = _wound(replace(collection(), kind=kind(reminders=Reminders(before=(30,), after=()))))
    fresh = replace(opened, done=(), phase=Phase.OPEN)
    step = rules.next_step(fresh)
    assert step is not None
    late = rules.take(fresh, step, WINDOW.due_at + timedelta(minutes=1), CALENDAR)
    assert (late.telling, late.entry.note) == (None, "到期时刻已过，此次催报不再适用")
    assert late.entry.action in late.collection.done


def test_the_chain_rebuilds_the_collection() -> None:
    plan = Plan(
        kind=kind(),
        title="国庆假期值班表",
        basis="示例民发〔2022〕1号",
        district="示例区",
        window=WINDOW,
        audience=Audience(),
        contact_post="office",
        contact_phone="0477-5555010",
    )
    by = rules.By(person_id="p-office", post_id="office", request_id="p-office:1")
    first = rules.create("SJ-2022-000001", plan, 3, by, OPENS)
    made, changes, _ = _wound(first.collection)
    end = rules.end(made, rules.Counts(on_time=2, missing=1), "f" * 64, WINDOW.cut_off_at, CALENDAR)
    entries = [change.entry for change in (first, *changes, end)]
    assert audit.verify(end.collection.id, entries, head=end.collection.head, seq=end.collection.seq) is None
    assert codecs.collection_of(audit.rebuild(entries)) == end.collection


def test_ten_eight_is_a_saturday_that_is_worked_and_a_named_date_does_not_roll() -> None:
    due = datetime(2022, 10, 8, 23, 59, 59, tzinfo=LOCAL).astimezone(UTC)
    window = Window(
        opens_at=OPENS, due_at=due, cut_off_at=due, wording="于10月8日前将整改报告报民政局福利办公室"
    )
    rules.create(
        "SJ-2022-000002",
        Plan(
            kind=kind(code="rectification_report", label="整改报告"),
            title="整改报告",
            basis="示例民发〔2022〕1号",
            district="示例区",
            window=window,
            audience=Audience(inspected_from=OPENS, words="被列入实地检查的机构"),
            contact_post="office",
            contact_phone="0477-5555010",
        ),
        2,
        rules.By(),
        OPENS,
    )
    assert window.spoken(due) == "2022年10月8日（星期六）23:59:59"
    assert window.is_on_time(due)
    assert not window.is_on_time(due + timedelta(seconds=1))
