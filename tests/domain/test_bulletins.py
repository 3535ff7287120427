"""The rules of bulletins by themselves: the table, the words, the numbers, what happens when nobody does anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.documents import vocabulary
from domain import audit, bulletin
from domain.bulletin import Action, Bulletin, Command, Opening, Policy, Ruling, State
from domain.bulletin.checks import MOST_AMENDMENTS
from domain.collection import Frozen, Outcome
from domain.errors import Refused
from domain.people import Actor, Holding, Role
from tests import frozen_lists

DUE = datetime(2026, 9, 29, 3, 30, tzinfo=UTC)
NOW = DUE + timedelta(days=1)
POLICY = Policy(organ="示例区民政局", flag="示例区民政局文件", code="示例民发", printer="示例区民政局办公室")

EXPECTED: dict[Action, tuple[set[Role], set[State]]] = {
    Action.AMEND: ({Role.OFFICE}, {State.DRAFT}),
    Action.DECIDE: ({Role.OFFICE}, {State.DRAFT}),
    Action.REVIEW: ({Role.OFFICE}, {State.DRAFT}),
    Action.RETURN: ({Role.OFFICE, Role.LEADER}, {State.REVIEWED, State.SIGNED}),
    Action.SIGN: ({Role.LEADER}, {State.REVIEWED}),
    Action.ISSUE: ({Role.OFFICE}, {State.SIGNED}),
    Action.CORRECT: ({Role.OFFICE}, {State.ISSUED, State.CORRECTED, State.SUPPLEMENTED}),
    Action.SUPPLEMENT: ({Role.OFFICE}, {State.ISSUED, State.CORRECTED, State.SUPPLEMENTED}),
    Action.WITHDRAW: ({Role.OFFICE, Role.LEADER}, set(State) - {State.WITHDRAWN}),
    Action.PUBLISH: ({Role.OFFICE}, {State.ISSUED, State.CORRECTED, State.SUPPLEMENTED}),
}


def listed(**outcomes: Outcome) -> Frozen:
    given = dict(frozen_lists.USUAL) | outcomes
    members = [frozen_lists.member("SJ-2026-000001", *one, DUE) for one in given.items()]
    return frozen_lists.frozen("SJ-2026-000001", members, DUE)[1]


def opening(**more: Any) -> Opening:
    desks = {"office_post": "office", "leader_post": "leader"}
    return Opening(**{"id": "TB-2026-000001", "now": NOW, "policy": POLICY, **desks, **more})


def drafted(frozen: Frozen | None = None, **more: Any) -> Bulletin:
    return replace(bulletin.draft(frozen or listed(), opening()).bulletin, **more)


def actor(role: Role, person: str = "p-1") -> Actor:
    unit = "ec01" if role.of_unit else "bureau"
    return Actor(person_id=person, holdings=(Holding(post_id=role.value, role=role, unit_id=unit),))


def command(action: Action, role: Role, **more: Any) -> Command:
    return Command(action=action, request_id=f"r-{action.value}-{role.value}", actor=actor(role), **more)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_the_table_is_what_the_regulation_says(action: Action, state: State, role: Role) -> None:
    rule = bulletin.TRANSITIONS.get((state, action))
    roles, states = EXPECTED[action]
    assert (rule is not None) == (state in states)
    if (
        rule is not None
        and action is not Action.WITHDRAW
        and (state, action) != (State.SIGNED, Action.RETURN)
    ):
        assert rule.by == roles
    if rule is not None and rule.by.isdisjoint({role}):
        with pytest.raises(Refused) as refused:
            bulletin.check(drafted(state=state), command(action, role))
        assert refused.value.code == "role_required"


def test_only_a_leader_takes_back_what_was_signed_or_issued() -> None:
    assert bulletin.TRANSITIONS[State.SIGNED, Action.RETURN].by == {Role.LEADER}
    assert bulletin.TRANSITIONS[State.ISSUED, Action.WITHDRAW].by == {Role.LEADER}
    assert bulletin.TRANSITIONS[State.DRAFT, Action.WITHDRAW].by == {Role.OFFICE, Role.LEADER}


def test_a_bulletin_that_was_amended_too_often_can_still_be_withdrawn() -> None:
    full = drafted(state=State.CORRECTED, amended_by=("示例民发〔2026〕8号",) * MOST_AMENDMENTS)
    ruling = Ruling(
        unit_id="ec03",
        unit_name="示例",
        was=Outcome.MISSING,
        becomes=Outcome.EXEMPT,
        reason="经核实，已停业",
    )
    with pytest.raises(Refused) as refused:
        bulletin.check(full, command(Action.CORRECT, Role.OFFICE, rulings=(ruling,)))
    assert refused.value.code == "too_many_amendments"
    withdrawn = bulletin.apply(full, command(Action.WITHDRAW, Role.LEADER, reason="更正过多，重新印发"), NOW)
    assert withdrawn is not None
    assert withdrawn.bulletin.state is State.WITHDRAWN


def test_what_fills_a_template_has_exactly_the_words_of_its_vocabulary() -> None:
    told = bulletin.paper.values(drafted(), listed())
    assert set(told) == set(vocabulary.EXAMPLE)
    for name, example in vocabulary.EXAMPLE.items():
        if isinstance(example, dict):
            assert set(told[name]) == set(example), name
        if isinstance(example, list) and told[name] and isinstance(example[0], dict):
            assert set(told[name][0]) == set(example[0]), name


def test_the_number_of_a_document_and_its_day_stand_as_the_standard_writes_them() -> None:
    assert bulletin.numbers.document_number("示例民发", 2026, 7) == "示例民发〔2026〕7号"
    assert bulletin.numbers.day(datetime(2026, 9, 4, 16, 30, tzinfo=UTC), 480) == "2026年9月5日"
    assert bulletin.numbers.year(datetime(2026, 12, 31, 16, 30, tzinfo=UTC), 480) == 2027
    assert bulletin.numbers.span(1451) == "1天11分钟"
    assert bulletin.numbers.span(0) == "不足1分钟"


def test_many_units_stand_in_the_annex_and_very_many_in_the_spreadsheet() -> None:
    def many(count: int) -> Frozen:
        members = [
            frozen_lists.member("SJ-2026-000001", f"u{n:05}", Outcome.MISSING, DUE, f"第{n}院")
            for n in range(count)
        ]
        return frozen_lists.frozen("SJ-2026-000001", members, DUE)[1]

    few = bulletin.paper.values(drafted(many(8)), many(8))
    assert few["点名"] == [f"未报的单位：{'、'.join(f'第{n}院' for n in range(8))}。"]
    more = bulletin.paper.values(drafted(many(9)), many(9))
    assert more["点名"] == ["未报的单位共9家，名单见附件。"]
    assert len(more["未报名单"]) == 9
    assert more["附件首"] == ["附件：未报单位名单"]
    huge = bulletin.paper.values(drafted(many(3001)), many(3001))
    assert huge["未报名单"] == []
    assert "电子表格" in huge["点名"][0]


def test_what_is_signed_covers_every_word_but_number_and_dates() -> None:
    frozen, made = listed(), drafted()
    before = bulletin.paper.text_hash(bulletin.paper.values(made, frozen))
    numbered = replace(made, number="示例民发〔2026〕7号", issued_at=NOW, signed_at=NOW)
    assert bulletin.paper.text_hash(bulletin.paper.values(numbered, frozen)) == before
    assert bulletin.paper.text_hash(bulletin.paper.values(replace(made, title="别的"), frozen)) != before
    other = listed(ec01=Outcome.MISSING)
    assert bulletin.paper.text_hash(bulletin.paper.values(made, other)) != before


def test_the_chain_of_a_bulletin_rebuilds_it() -> None:
    frozen = listed(ec04=Outcome.ON_TIME)
    first = bulletin.draft(frozen, opening())
    second = bulletin.apply(first.bulletin, command(Action.AMEND, Role.OFFICE, title="关于值班表的通报"), NOW)
    assert second is not None
    entries = [first.entry, second.entry]
    after = second.bulletin
    assert audit.verify(after.id, entries, head=after.head, seq=after.seq) is None
    rebuilt = audit.rebuild(entries)
    assert rebuilt["title"] == "关于值班表的通报"
    assert {name for name in audit.plain(after) if audit.plain(after)[name] != rebuilt.get(name)} == {
        "nudges"
    }
    forged = replace(second.entry, reason="改过")
    assert audit.verify(after.id, [first.entry, forged], head=after.head, seq=after.seq) is not None


def test_waiting_is_told_of_ever_more_rarely_and_what_was_slept_through_once() -> None:
    made = drafted()
    at = bulletin.waiting.next_at(made, unread=True)
    assert at == NOW + timedelta(hours=24)
    again = bulletin.waiting.nudged(made, at)
    assert bulletin.waiting.next_at(again, unread=True) == NOW + timedelta(hours=72)
    slept = bulletin.waiting.nudged(made, NOW + timedelta(days=10))
    assert slept.nudges > 1
    coming = bulletin.waiting.next_at(slept, unread=True)
    assert coming is not None
    assert coming > NOW + timedelta(days=10)
    issued = replace(made, state=State.ISSUED)
    assert bulletin.waiting.next_at(issued, unread=False) is None
    assert bulletin.waiting.next_at(replace(issued, nudges=6), unread=True) is None
    assert bulletin.waiting.next_at(replace(made, state=State.WITHDRAWN), unread=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "+86 138-1234-5678",
        "138.1234.5678",
        "15060219900101123X",
        "a.b@example.cn",
        "１３８１２３４５６７８",
    ],
)
def test_personal_data_is_found_however_it_is_written(text: str) -> None:
    with pytest.raises(Refused) as refused:
        bulletin.personal.check(f"请联系{text}。", "demands")
    assert text not in refused.value.message


@pytest.mark.parametrize(
    "text", ["示例民发〔2026〕7号", "2026年9月29日11:30", "0477-8123456", "编号SJ-2026-000001", "共138家"]
)
def test_what_is_no_personal_data_passes(text: str) -> None:
    bulletin.personal.check(text, "demands")


def test_personal_data_that_was_written_into_the_collection_is_left_out_of_its_bulletin() -> None:
    """Title and basis of the collection, and the reason of an exemption: nobody wrote them for a bulletin."""
    closed = frozen_lists.member("SJ-2026-000001", "ec05", Outcome.EXEMPT, DUE)
    closed = replace(closed, basis="停业，负责人１３８ 1234 5678")
    late = frozen_lists.member("SJ-2026-000001", "ec02", Outcome.LATE, DUE)
    _, found = frozen_lists.frozen("SJ-2026-000001", [closed, late], DUE)
    found = replace(found, title="值班表（a.b@example.cn）", basis="通知，联系人150602199001011234")
    told = bulletin.paper.values(drafted(found), found)
    assert told["标题"] == "示例区民政局关于值班表（（略））报送情况的通报"
    assert told["依据"] == "通知，联系人（略）"
    assert told["调整名单"][0]["说明"] == "停业，负责人（略）"
