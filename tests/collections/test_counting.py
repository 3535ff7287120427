"""What SQL counts of a list is what the rules say of each of its rows; and a frozen list is read back as it was frozen."""

import random
from datetime import datetime, timedelta

from adapters.postgres import codecs, collection_members
from adapters.postgres.collection_freezing import PostgresFrozenLists
from adapters.postgres.collections import PostgresCollections
from domain import collection as rules
from domain.collection import Counts, Outcome, digest
from tests.collections import acts
from tests.harness import World

HOUR = timedelta(hours=1)

_SCATTER = """
UPDATE collection_members SET exempt = $3, counted_at = $4, version = $5, returned = $6, due_at = $7
WHERE collection_id = $1 AND unit_id = $2
"""


async def test_counts_and_pages_agree_with_the_rules_over_random_lists(
    world: World, monday: datetime
) -> None:
    chance = random.Random(7)  # noqa: S311
    number = (await acts.create(world, monday, HOUR * 2))["id"]
    async with world.database.connection() as connection:
        snapshot = await connection.fetchval("SELECT snapshot FROM collections WHERE id = $1", number)
        made = codecs.collection(snapshot)
        for _ in range(20):
            for unit in acts.UNITS:
                at = chance.choice([None, made.window.due_at + chance.randint(-2, 2) * HOUR])
                extended = chance.choice([None, made.window.due_at + HOUR])
                returned = at is not None and chance.random() < 0.3
                version = 0 if at is None else 1
                exempt = chance.random() < 0.2
                await connection.execute(_SCATTER, number, unit, exempt, at, version, returned, extended)
            members = await collection_members.everybody(connection, number)
            counts, _ = await collection_members.counted(connection, number, made.window)
            assert counts == Counts.of(rules.outcome(one, made.window) for one in members)
            assert counts.expected == len(members) == 9
            for outcome in Outcome:
                page = await collection_members.page(connection, number, made.window, None, outcome, "", 100)
                alike = {one.unit_id for one in members if rules.outcome(one, made.window) is outcome}
                assert {one.unit_id for one in page} == alike


async def test_a_frozen_list_is_read_back_with_its_hash(world: World, monday: datetime) -> None:
    number = (await acts.create(world, monday, HOUR))["id"]
    await acts.zero(world, "ec01", number)
    record = PostgresCollections(world.database)
    board = await record.look(number)
    while board.phase.is_open:
        assert board.coming_at is not None
        board = await record.step(number, board.coming_at)
    frozen = await PostgresFrozenLists(world.database).frozen(number)
    assert frozen is not None
    assert digest(frozen) == frozen.hash
    assert frozen.counts == Counts(on_time=1, missing=8)
    again = await record.step(number, board.window.cut_off_at + HOUR)
    assert again == board
