"""The short form of ``make chaos``: seeded faults under load on the stack of this session, judged from four sides."""

from pathlib import Path
from typing import Final

import pytest

from tests.chaos import campaign, faults
from tests.chaos.faults import Fault
from tests.chaos.journal import Acknowledged, Journal
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
