"""What was put on record while the engine was not told, and runs that went away, come to the same case again."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from adapters.postgres.hazards import PostgresHazards
from adapters.postgres.intake import PostgresIntake
from domain import hazard
from domain.evidence import Evidence, EvidenceKind
from domain.hazard import Action, Command
from tests.harness import World
from tests.stack import eventually
from tests.stories import behind, loop
from tests.stories.loop import CHECKER, FINDER, OFFICE, STAFF
from workflows.intake import RELAY_ID


@pytest.fixture
async def relay(world: World) -> AsyncIterator[None]:
    await behind.gateway(world).start_relay()
    yield
    await world.handle(RELAY_ID).terminate("the test is over")


async def _known_to_the_engine(world: World, number: str) -> bool:
    try:
        return (await world.handle(number).describe()).status is WorkflowExecutionStatus.RUNNING
    except RPCError:
        return False


async def _runs(world: World, number: str) -> int:
    return (await world.client.count_workflows(f'WorkflowId = "{number}"')).count


async def _taken_up(world: World, numbers: list[str]) -> None:
    await eventually(lambda: behind.taken_up(world, *numbers))


async def test_reports_that_the_engine_never_heard_of_are_started_exactly_once(
    world: World, relay: None
) -> None:
    before = [(await behind.put_on_record(world)).id for _ in range(3)]
    assert not await _known_to_the_engine(world, before[0])
    await _taken_up(world, before)
    later = (await behind.put_on_record(world)).id
    await _taken_up(world, [later])
    for number in (*before, later):
        assert await _known_to_the_engine(world, number)
        await loop.do(world, FINDER, number, "note")
        assert await eventually(partial(_runs, world, number)) == 1
        assert [line["action"] for line in await loop.timeline(world, number)] == ["report", "note"]


async def _put_closure_on_record(world: World, number: str) -> None:
    """The closing change as it stands on record while the run that decided it is not over yet."""
    record = PostgresHazards(world.database)
    case = await record.load(number)
    signed = Evidence(kind=EvidenceKind.SIGNATURE, file_id=await world.upload(CHECKER), sha256="0" * 64)
    command = Command(
        action=Action.PASS,
        request_id=uuid.uuid4().hex,
        actor=await behind.actor(world, CHECKER),
        note="合格",
        evidence=(signed,),
    )
    change = hazard.apply(case, command, datetime.now(UTC))
    assert change is not None
    await record.append(change)


async def test_a_case_reopened_while_its_old_run_is_not_over_gets_its_new_run(
    world: World, relay: None
) -> None:
    number = await loop.to(world, "verifying")
    old = (await world.handle(number).describe()).run_id
    await _put_closure_on_record(world, number)
    again = await loop.do(world, OFFICE, number, "reopen")
    assert again["stage"] == "assigned"
    assert (await world.handle(number).describe()).run_id == old
    await world.handle(number).terminate("the old run ends")
    await _taken_up(world, [number])
    assert (await world.handle(number).describe()).run_id != old
    assert (await loop.do(world, STAFF, number, "start"))["cycle"] == 2


async def test_cases_reopened_in_the_moment_of_their_closure_all_run_again(world: World, relay: None) -> None:
    numbers = [await loop.to(world, "verifying") for _ in range(4)]
    for number in numbers:
        await loop.do(world, CHECKER, number, "pass")
        await loop.do(world, OFFICE, number, "reopen")
    await _taken_up(world, numbers)
    for number in numbers:
        assert (await loop.do(world, STAFF, number, "start"))["stage"] == "rectifying"


async def test_what_a_run_has_read_meanwhile_is_no_longer_wanted(world: World) -> None:
    intake, record = PostgresIntake(world.database), PostgresHazards(world.database)
    one, other = [(await behind.put_on_record(world)).id for _ in range(2)]
    assert {one, other} <= set(await intake.wanted())
    await record.load(one)
    assert [case.id for case in await intake.still_wanted([one, other])] == [other]
    await record.load(other)
