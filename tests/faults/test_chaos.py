"""The short form of ``make chaos``: seeded faults under load on the stack of this session, judged from four sides."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.chaos import campaign, faults, judge, lateness, restarts
from tests.chaos.faults import Fault
from tests.chaos.journal import Acknowledged, Journal
from tests.chaos.judge import Course, Trouble, Verdict, logs
from tests.chaos.stage import Stage
from tests.harness import World

SEED: Final = 20261124
SHORT: Final = ("api's answers drop", "kill -9 worker", "kill -9 postgres", "kill -9 temporal")


async def test_nothing_acknowledged_is_lost_or_done_twice_whatever_is_killed(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # on any machine the clock may be late by twice the goal
    for bound in ("IN_CALM", "AFTER_TROUBLE"):
        monkeypatch.setattr(judge, bound, 2 * getattr(judge, bound))
    schedule = [Fault(rest=0.5, name=name, lasts=1.0, choice=SEED) for name in SHORT]
    outcome = await campaign.run(stage, tmp_path, SEED, schedule, clients=4)
    assert outcome.verdict.wrong == []
    assert outcome.complaints == []
    assert outcome.unanswered == 0
    assert outcome.acknowledged > 5
    assert len(outcome.recovery) == 3
    looked_at = outcome.verdict.seen
    assert all(
        looked_at[invariant]
        for invariant in ("I1 report", "I2 action", "I5 on time", "I6 transition", "I9 orphan")
    )


_FAILED: Final = (
    "WARN temporalio_sdk_core::worker::workflow: Failing workflow task failure=Failure { failure: Some(Failure { "
    'message: "[TMPRL1100] Nondeterminism error: %s", source: "" }), force_cause: NonDeterministicError }\n'
)
_IN_FLIGHT: Final = "Invalid transition while handling update response (id p-team1b:6e6c8b62) in state %s"


def _judged(folder: Path, *lines: str) -> tuple[int, int]:
    """How many log files are wrong, and how often the known fault shows."""
    (folder / "worker.log").write_text("INFO worker is ready\n" + "".join(lines), encoding="utf-8")
    verdict = Verdict()
    logs(verdict, folder)
    return len(verdict.wrong), verdict.known.total()


def test_the_known_fault_of_the_engine_s_client_is_counted_apart_and_nothing_else_is(tmp_path: Path) -> None:
    known = _FAILED % _IN_FLIGHT % "Accepted"
    assert _judged(tmp_path) == (0, 0)
    assert _judged(tmp_path, known, known) == (0, 2)
    for unknown in (
        _FAILED % _IN_FLIGHT % "Completed",
        _FAILED % "Activity machine does not handle",
        "panic: x\n",
    ):
        assert _judged(tmp_path, known, unknown) == (1, 1)


def test_the_clock_may_be_late_by_the_trouble_that_it_fell_into_and_no_more() -> None:
    due = datetime(2026, 11, 24, tzinfo=UTC)

    def after(seconds: float) -> datetime:
        return due + timedelta(seconds=seconds)

    def latest(*troubles: Trouble) -> datetime:
        return Course(began=due, troubles=troubles).latest(due)

    assert latest() == after(5)
    short, next_one = Trouble(began=after(-3), ended=after(2)), Trouble(began=after(16), ended=after(20))
    assert latest(short) == after(17)
    assert latest(short, next_one) == after(35), "the bound runs from the last of troubles that touch"
    assert latest(next_one) == after(5), "what came later excuses nothing"
    assert latest(Trouble(began=after(-60), ended=after(-30))) == after(5)


async def test_after_a_kill_of_the_worker_what_falls_due_is_taken_within_twice_the_goal_on_any_machine(
    stage: Stage, world: World
) -> None:
    late = await lateness.measured(stage, world, 12, lateness.killed("worker"))
    assert len(late.seconds) == 12
    assert late.seconds[0] >= 0
    assert late.seconds[-1] <= 2 * lateness.AFTER_WORKER


async def test_paths_of_which_every_step_is_followed_by_a_kill_of_everything_show_no_difference(
    stage: Stage, world: World
) -> None:
    walk = restarts.Walk(stage=stage, world=world, seed=SEED)
    await walk.prepare()
    await walk.cohort(0, 20, 2)
    assert walk.wrong == []
    assert walk.restarts == 2
    assert walk.done.total() > 20


def test_a_schedule_comes_from_its_seed_and_can_be_done_again(tmp_path: Path) -> None:
    schedule = faults.drawn(7, 60, list(faults.ALL))
    assert schedule == faults.drawn(7, 60, list(faults.ALL))
    assert schedule != faults.drawn(8, 60, list(faults.ALL))
    assert {fault.name for fault in schedule} == set(faults.ALL), "a minute has every fault"
    faults.write(tmp_path / "plan.json", 7, schedule)
    assert faults.read(tmp_path / "plan.json") == (7, schedule)


def test_a_journal_gives_back_what_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    line = Acknowledged(person="p", key="k", case="YH-2026-000001", action="note", status=200, seq=3)
    journal.write(line)
    assert list(journal.lines()) == [line]
    assert line.request_id == "p:k"
    journal.close()


@pytest.mark.parametrize("name", faults.ALL)
def test_every_fault_has_its_turn_within_two_rounds(name: str) -> None:
    assert name in {fault.name for fault in faults.drawn(1, 90, list(faults.ALL))}
