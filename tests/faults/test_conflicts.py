"""Many at once on one case, and many times at once under one key: the short form of ``tests.chaos.conflicts``."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos import conflicts
from tests.chaos.journal import Journal
from tests.chaos.load import Load
from tests.chaos.stage import Stage


@pytest.fixture
async def load(stage: Stage, tmp_path: Path) -> AsyncIterator[Load]:
    with contextlib.closing(Journal(tmp_path / "journal.jsonl")) as journal:
        load = Load(live=stage.live, journal=journal, seed=7)
        await load.prepare()
        yield load


async def test_what_sixteen_clients_get_done_at_once_on_one_case_is_what_the_table_allows(
    stage: Stage, load: Load
) -> None:
    await conflicts.fought(load, 6)
    verdict = await conflicts.judged(stage, load)
    assert verdict.wrong == []
    assert verdict.seen["I2 refused"] > 0, "some must have come too late"
    assert verdict.seen["I2 action"] > 6


async def test_a_report_sent_many_times_at_once_under_one_key_is_one_case_although_the_api_is_killed(
    stage: Stage, load: Load
) -> None:
    assert await conflicts.repeated(stage, load, 8, 20) == 8
    verdict = await conflicts.judged(stage, load)
    assert verdict.wrong == []
    assert verdict.seen["I1 report"] == 8
