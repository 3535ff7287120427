"""Tallies of whole weeks are what the cases say, whatever moves them; and a period's numbers are what is counted case by case."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from adapters.postgres.counts import FOUND, Cohort, PostgresCounts
from adapters.postgres.database import Connection
from deploy.devstack import Devstack
from domain.hazard import Stage
from tests.harness import World
from tests.stories import behind, loop
from tests.test_reading import Borrowed

SINCE = datetime(2031, 1, 1, 3, tzinfo=UTC)
UNITS = ("ec01", "ec02", "ec03")

_INSERT = """
INSERT INTO hazards (id, seq, head, stage, is_open, level, unit_id, place, place_key, category, description, overdue,
    reported_at, snapshot)
VALUES ($1, 0, '', 'reported', true, 'general', $2, '', $1, 'fire', '', false, $3, '{}')
"""
_MOVE = "UPDATE hazards SET stage = $2, is_open = $3, snapshot = jsonb_build_object('overdue_count', $4::int) WHERE id = $1"
_CASES = "SELECT unit_id, stage, reported_at, snapshot ->> 'overdue_count' AS late FROM hazards"
_DIFFERENT = """
WITH kept AS (
    SELECT unit_id, week, reported, closed, late FROM hazard_tallies
), counted AS (
    SELECT whose.unit_id, hazard_week(reported_at) AS week, weights.*
    FROM hazards, LATERAL hazard_weights(stage, snapshot ->> 'overdue_count') AS weights,
        LATERAL (VALUES (hazards.unit_id), ('')) AS whose (unit_id)
)
SELECT unit_id, week, sum(reported), sum(closed), sum(late)
FROM (SELECT * FROM kept UNION ALL SELECT unit_id, week, -reported, -closed, -late FROM counted) AS both_ways
GROUP BY 1, 2 HAVING (sum(reported), sum(closed), sum(late)) <> (0, 0, 0)
"""


@pytest.fixture
async def connection(stack: Devstack, world: World) -> AsyncIterator[Connection]:
    await behind.put_on_record(world)
    one = await asyncpg.connect(stack.database_url)
    transaction = one.transaction()
    await transaction.start()
    yield one
    await transaction.rollback()
    await one.close()


async def _lived(connection: Connection, chance: random.Random) -> None:
    """Cases of ten weeks that move at random, some back again."""
    cases = [f"YH-2031-{number:06d}" for number in range(200)]
    for case in cases:
        at = SINCE + timedelta(minutes=chance.randrange(70 * 24 * 60))
        await connection.execute(_INSERT, case, chance.choice(UNITS), at)
    for _ in range(500):
        stage = chance.choice([Stage.CLOSED, *Stage])
        await connection.execute(
            _MOVE, chance.choice(cases), stage.value, stage.is_open, chance.choice([0, 0, 2])
        )


async def test_tallies_are_what_the_cases_say_after_any_moves(connection: Connection) -> None:
    assert await connection.fetch(_DIFFERENT) == []  # of everything that other tests have on record too
    await _lived(connection, random.Random(1))  # noqa: S311
    assert await connection.fetchval("SELECT sum(closed) FROM hazard_tallies WHERE week > $1", SINCE) > 20
    assert await connection.fetch(_DIFFERENT) == []


async def test_a_case_that_changes_its_unit_or_its_day_takes_its_numbers_along(
    connection: Connection,
) -> None:
    await _lived(connection, random.Random(2))  # noqa: S311
    await connection.execute(
        "UPDATE hazards SET unit_id = 'ec01' WHERE unit_id = 'ec02' AND id LIKE 'YH-2031-%'"
    )
    await connection.execute(
        "UPDATE hazards SET reported_at = reported_at + interval '9 days' WHERE id LIKE 'YH-2031-%5'"
    )
    assert await connection.fetch(_DIFFERENT) == []


async def test_numbers_are_written_by_moving_a_case_and_in_no_other_way(connection: Connection) -> None:
    await _lived(connection, random.Random(3))  # noqa: S311
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await connection.execute("UPDATE hazard_tallies SET closed = closed + 1")


async def test_the_numbers_of_any_period_are_what_is_counted_case_by_case(connection: Connection) -> None:
    chance = random.Random(4)  # noqa: S311
    await _lived(connection, chance)
    counts, cases = PostgresCounts(Borrowed(connection)), await connection.fetch(_CASES)
    for _ in range(150):
        since, before = (SINCE + timedelta(hours=chance.randint(-99, 1900)) for _ in range(2))
        visible = chance.choice([None, ["ec01"], ["ec01", "ec03"], []])
        meant = [
            case
            for case in cases
            if since <= case["reported_at"] < before and (visible is None or case["unit_id"] in visible)
        ]
        closed = [case for case in meant if case["stage"] == "closed"]
        assert await counts.cohort(visible, since, before) == Cohort(
            reported=sum(case["stage"] in FOUND for case in meant),
            closed=len(closed),
            late=sum(case["late"] != "0" for case in closed),
        ), (visible, since, before)


async def test_cases_that_are_closed_at_once_are_all_counted(stack: Devstack, world: World) -> None:
    await asyncio.gather(*(loop.to(world, "closed") for _ in range(4)))
    connection = await asyncpg.connect(stack.database_url)
    assert await connection.fetchval("SELECT sum(closed) FROM hazard_tallies WHERE unit_id = ''") >= 4
    assert await connection.fetch(_DIFFERENT) == []
    await connection.close()
