"""The daily seal: one a day by its workflow, over all that grew, and once for all days that were missed."""

import asyncio
from datetime import UTC, datetime, timedelta

from adapters.postgres.seals import PostgresSeals
from adapters.signing import holds
from domain import seals
from services import bootstrap
from tests import harness
from tests import stack as stacks
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind
from workflows.daily_seal import DAILY_SEAL_ID


async def test_the_workflow_seals_at_once_and_shows_the_hash_to_a_supervisor() -> None:
    # servers of its own: elsewhere others may have sealed the days to come
    async with stacks.started() as stack, harness.world(stack) as alone:
        case, began = await alone.report(), datetime.now(UTC)
        await behind.gateway(alone).start_daily_seal()
        record = PostgresSeals(alone.database)
        seal = await eventually(record.last)
        assert seals.day_of(began) <= seal.day <= seals.day_of(datetime.now(UTC))
        assert holds(seal.key, seal.hash, seal.signature)
        heads = [one for _seal, listed in [each async for each in record.all()] for one in listed]
        shown = (await alone.get("p-oversight", "/v1/audit/seals")).json()["items"]
        assert shown[0]["hash"] == seal.hash
        assert case["id"] in {one.chain for one in heads}
        await alone.handle(DAILY_SEAL_ID).terminate("ended")


async def test_a_day_has_one_seal_whoever_asks_and_after_an_outage_one_covers_all_since(apart: World) -> None:
    record = PostgresSeals(apart.database, bootstrap.signer(apart.settings))
    last = await record.last()
    later = (last.at if last else datetime.now(UTC)) + timedelta(days=9)
    first = await apart.report()
    made = await asyncio.gather(*(record.make(later) for _ in range(5)), return_exceptions=True)
    assert {one.hash for one in made if isinstance(one, seals.Seal)} == {(await record.make(later)).hash}
    sealed = await record.make(later)
    listed = next(
        [*heads] for seal, heads in [each async for each in record.all()] if seal.number == sealed.number
    )
    assert first["id"] in {one.chain for one in listed}
    second = await record.make(later + timedelta(days=1))
    assert (second.number, second.prev) == (sealed.number + 1, sealed.hash)


def test_the_next_seal_is_ten_minutes_past_local_midnight() -> None:
    assert seals.next_after(datetime(2026, 11, 24, 15, 59, tzinfo=UTC)) == datetime(
        2026, 11, 24, 16, 10, tzinfo=UTC
    )
    assert seals.next_after(datetime(2026, 11, 24, 16, 10, tzinfo=UTC)) == datetime(
        2026, 11, 25, 16, 10, tzinfo=UTC
    )
