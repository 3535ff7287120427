"""The short form of ``make chaos``: seeded faults under load on the stack of this session, judged from four sides."""

from pathlib import Path
from typing import Final

import pytest

from tests.chaos import campaign, faults
from tests.chaos.faults import Fault
from tests.chaos.journal import Acknowledged, Journal
from tests.chaos.judge import Verdict, logs
from tests.chaos.stage import Stage

SEED: Final = 20261124
SHORT: Final = ("api's answers drop", "kill -9 worker", "kill -9 postgres", "kill -9 temporal")


async def test_nothing_acknowledged_is_lost_or_done_twice_whatever_is_killed(
    stage: Stage, tmp_path: Path
) -> None:
    schedule = [Fault(rest=0.5, name=name, lasts=1.0, choice=SEED) for name in SHORT]
    outcome = await campaign.run(stage, tmp_path, SEED, schedule, clients=4)
    assert outcome.verdict.wrong == []
    assert outcome.complaints == []
    assert outcome.unanswered == 0
    assert outcome.acknowledged > 5
    assert len(outcome.recovery) == 3
    looked_at = outcome.verdict.seen
    assert all(looked_at[invariant] for invariant in ("I1 report", "I2 action", "I6 transition", "I9 orphan"))


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
