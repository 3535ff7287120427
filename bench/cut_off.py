"""B6: the cut-off of a collection of 50,000 units, to its frozen list and the draft of its bulletin."""

import time
from datetime import timedelta
from typing import Final

from adapters.postgres.bulletins import AtCutOff, PostgresBulletins
from adapters.postgres.collection_freezing import PostgresFrozenLists
from adapters.postgres.collections import PostgresCollections
from bench import collecting, measure, results
from bench.measure import Sample, Side
from bench.results import Ratio, Result
from bench.stand import Stand
from domain.collection import Audience

UNITS: Final = 50_000
KIND: Final = "elderly_care"

_SUBMIT: Final = """
WITH came AS (
    UPDATE collection_members SET version = 1, counted_at = $2::timestamptz + hashtext(unit_id) % 3000 * interval '1 second',
        outstanding = false
    WHERE collection_id = $1 AND hashtext(unit_id) % 10 <> 0 RETURNING unit_id, counted_at
)
INSERT INTO submissions (collection_id, unit_id, version, received_at, recorded_at, via, person_id, post_id, is_zero, content,
    evidence, hash)
SELECT $1, unit_id, 1, counted_at, counted_at, 'api', 'p', 'p', true, '{}', '[]', md5(unit_id) FROM came
"""
"""Nine in ten units submit, some of them late."""

_ANTI_JOIN: Final = """
SELECT unit_id FROM collection_members AS members WHERE collection_id = $1 AND NOT EXISTS (
    SELECT FROM submissions WHERE submissions.collection_id = members.collection_id AND submissions.unit_id = members.unit_id)
"""
"""Who is missing, and nothing else."""


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """Each round cuts off a collection of its own."""
    count = int(UNITS * scale)
    await collecting.units(stand, count)
    numbers: list[str] = []
    sides: dict[str, Side] = {"ours": _ours(stand, numbers), "anti-join": _anti_join(stand, numbers)}
    samples: dict[str, list[Sample]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        numbers.append(await _filled(stand))
        for name, side in sides.items():
            sample = await side()
            if number:
                samples[name].append(sample)
    seconds = measure.spread([sample.seconds for sample in samples["ours"]])
    goal = Ratio(what="seconds", against="the goal", value=seconds, goal=10.0, unit=" s")
    return Result(
        id="B6",
        title=f"{count} 个单位的截止：固定名单并起草通报",
        rounds=rounds,
        per_round="one cut-off",
        ratios=[goal],
        sides=results.tables(samples),
    )


async def _filled(stand: Stand) -> str:
    made = await collecting.collection(
        stand.database, "duty_roster", Audience(kinds=(KIND,)), timedelta(minutes=20)
    )
    async with stand.database.transaction(120) as connection:
        await connection.execute(_SUBMIT, made.id, made.window.due_at - timedelta(seconds=2000), timeout=120)
    await PostgresCollections(stand.database).step(made.id, made.window.opens_at)
    return made.id


def _ours(stand: Stand, numbers: list[str]) -> Side:
    record, lists = PostgresCollections(stand.database), PostgresFrozenLists(stand.database)
    bulletins = AtCutOff(PostgresBulletins(stand.database))

    async def side() -> Sample:
        number = numbers[-1]
        board = await record.look(number)
        while board.coming_at is not None and board.coming != "截止并固定名单":
            board = await record.step(number, board.coming_at)
        began = time.perf_counter()
        await record.step(number, board.window.cut_off_at)
        frozen = await lists.frozen(number)
        if frozen is None:
            raise RuntimeError("the list is not frozen")
        await bulletins.draft(number, frozen)
        return Sample(operations=1, seconds=time.perf_counter() - began)

    return side


def _anti_join(stand: Stand, numbers: list[str]) -> Side:
    async def side() -> Sample:
        async with stand.database.connection(60) as connection:
            began = time.perf_counter()
            await connection.fetch(_ANTI_JOIN, numbers[-1])
            return Sample(operations=1, seconds=time.perf_counter() - began)

    return side
