"""Any legal path, tried at random: the record stays whole, and nobody judges their own work (bars U1, A4)."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain import audit, hazard
from domain.audit import Entry
from domain.evidence import EvidenceKind
from domain.hazard import Action, Case
from domain.people import Actor, Role
from tests.domain import cases
from tests.domain.cases import GENERAL, MAJOR, T0, actor

PEOPLE = (
    cases.STAFF,
    cases.HEAD,
    cases.FINDER,
    cases.INSPECTOR,
    cases.OFFICE,
    cases.LEADER,
    cases.OVERSIGHT,
    actor("both", ("u1-head", Role.UNIT_HEAD, "u1"), ("team", Role.INSPECTOR, "bureau")),
    actor("chief", ("u1-staff", Role.UNIT_STAFF, "u1"), ("deputy", Role.LEADER, "bureau")),
    # the same persons after they changed posts
    actor("staff", ("team", Role.INSPECTOR, "bureau")),
    actor("head", ("deputy", Role.LEADER, "bureau"), ("office", Role.OFFICE, "bureau")),
)
WORK = {"plan", "control", "start", "submit"}
JUDGEMENT = {
    "pass",
    "return",
    "close",
    "dismiss",
    "transfer",
    "merge",
    "regrade",
    "lift_supervision",
    "resume_use",
}


@dataclass
class Walk:
    """A case on its way, with what the test itself remembers of it."""

    case: Case
    entries: list[Entry]
    worked: set[str] = field(default_factory=set)
    of_unit: set[str] = field(default_factory=set)


def _begin(data: st.DataObject) -> Walk:
    by = data.draw(st.sampled_from([one for one in PEOPLE if one is not cases.OVERSIGHT]))
    fixed = data.draw(st.booleans())
    photos = tuple(cases.evidence(kind) for kind in (EvidenceKind.BEFORE_PHOTO, EvidenceKind.AFTER_PHOTO))
    grade = GENERAL if fixed else data.draw(st.sampled_from([GENERAL, MAJOR]))
    change = cases.opened(by=by, fixed_on_spot=fixed, evidence=photos, grade=grade)
    return Walk(change.case, [change.entry], {by.person_id} if fixed else set())


def _step(walk: Walk, by: Actor, data: st.DataObject, hours: int) -> None:
    now = walk.entries[-1].at + timedelta(hours=hours)
    deadline = hazard.next_deadline(walk.case)
    if deadline is not None and deadline <= now:
        change = hazard.lapse(walk.case, max(deadline, walk.entries[-1].at))
        walk.case = change.case
        walk.entries.append(change.entry)
        return
    allowed = hazard.allowed_actions(walk.case, by, now)
    # the loop's own steps first, or most walks would stay among the notes
    moves = [one.action for one in allowed if one.action not in (Action.NOTE, Action.SUPERVISE)]
    if not moves:
        return
    action = data.draw(st.sampled_from(moves))
    grade = data.draw(st.sampled_from([GENERAL, MAJOR])) if action in ("regrade", "confirm") else None
    done = hazard.apply(walk.case, cases.command(action, by, grade=grade), now)
    assert done is not None
    _judge(walk, action, by)
    walk.case = done.case
    walk.entries.append(done.entry)


def _judge(walk: Walk, action: str, by: Actor) -> None:
    if action in JUDGEMENT:
        assert by.person_id not in walk.worked, f"{by.person_id} judged their own work by {action}"
        assert "u1" not in by.unit_ids, f"{by.person_id} judged their own unit by {action}"
    if action in WORK:
        walk.worked.add(by.person_id)


def _hold(walk: Walk) -> None:
    case = walk.case
    assert [entry.seq for entry in walk.entries] == list(range(1, case.seq + 1))
    assert audit.verify(case.id, walk.entries, head=case.head, seq=case.seq) is None
    assert audit.rebuild(walk.entries) == audit.plain(case)
    assert case.stage.is_open or case.due_at is None
    assert (case.closed_at is not None) is (case.stage == "closed")
    assert case.overdue_count == sum(entry.action == "lapse" for entry in walk.entries)
    numbers = [(one.cycle, one.number) for one in case.rounds]
    assert numbers == sorted(set(numbers))
    if case.stage == "rectifying":
        assert case.rounds[-1].due_at == case.due_at
        assert case.rounds[-1].submitted_by is None
    if case.stage == "verifying":
        assert case.rounds[-1].submitted_by is not None
    if case.stage == "closed" and case.major:
        assert not hazard.plan_gaps(case.plan)


# the same walks at every run; explaining a failure would take minutes
@settings(
    max_examples=80, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate, Phase.shrink]
)
@given(data=st.data())
def test_every_legal_path_keeps_its_record_whole_and_its_judges_apart(data: st.DataObject) -> None:
    walk = _begin(data)
    people = st.sampled_from(PEOPLE)
    for by, hours in data.draw(st.lists(st.tuples(people, st.integers(0, 400)), min_size=10, max_size=40)):
        _step(walk, by, data, hours)
        _hold(walk)


def test_the_random_walk_can_reach_the_end_of_the_loop() -> None:
    """So that the property above is not empty: its own steps close a major hazard."""
    case = cases.at("closed", major=True)
    assert case.closed_at == T0
    assert len(case.rectifiers) == 2
