"""Reaching behind the API: what happens when the engine or another writer was elsewhere."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from adapters.postgres import restamps
from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.calendar_edits import Editor, Kept
from adapters.postgres.dictionary import PostgresDictionary
from adapters.postgres.directory import PostgresDirectory
from adapters.postgres.hazards import PostgresHazards
from adapters.postgres.intake import PostgresIntake
from domain import hazard
from domain.hazard import Action, Case, Command, Grade, Report
from domain.people import Actor
from domain.requests import Answer, Request
from domain.restamps import RestampOrder
from domain.terms import Terms
from domain.workdays import Day, DayKind
from tests.harness import World, next_monday
from tests.stories.loop import FINDER
from workflows.gateway import HazardGateway
from workflows.reconciler import RECONCILER_ID


def gateway(world: World) -> HazardGateway:
    return HazardGateway(world.client, task_queue=world.settings.task_queue, timeout=15)


async def start(world: World, number: str) -> None:
    """Start the case's workflow from its record."""
    await gateway(world).start(await PostgresHazards(world.database).load(number))


async def actor(world: World, person: str) -> Actor:
    known = await PostgresDirectory(world.database).person(person, world.clock())
    assert known is not None
    return known.actor


async def put_on_record(world: World, ago: timedelta = timedelta(), terms: Terms | None = None) -> Case:
    """A report as it is when the engine is away: on record, and nobody told the engine; by the policy or ``terms``."""
    desk = await PostgresDirectory(world.database).unit("ec01")
    assert desk is not None
    report = Report(
        unit_id=desk.id,
        unit_name=desk.name,
        district=desk.district,
        place=f"第{next(world.places)}号房间",
        category="fire",
        item="fire-exit",
        description="引擎离线时的上报",
        grade=Grade(code="general", major=False),
        fixed_on_spot=False,
        evidence=(),
        unit_post=desk.unit_post,
        team_post=desk.team_post,
        office_post=desk.office_post,
        closing_authority=desk.closing_authority,
        head_post=desk.head_post,
        deputy_post=desk.deputy_post,
        leader_post=desk.leader_post,
    )
    now = datetime.now(UTC) - ago
    request = Request(principal=FINDER, key=uuid.uuid4().hex, fingerprint="0")
    policy = await PostgresDictionary(world.database).terms(now)
    stamped = policy.stamped(await PostgresCalendar(world.database).calendar(policy.region), now, now)
    filed = await PostgresIntake(world.database).open(
        report,
        terms or stamped,
        await actor(world, FINDER),
        request,
        now,
        lambda _case, _new: Answer(status=202, body={}),
    )
    assert filed.case is not None
    return filed.case


async def write(world: World, number: str, person: str, action: Action, at: datetime, **more: Any) -> Case:
    """An act as it stands on record from ``at``, behind the back of any run."""
    record = PostgresHazards(world.database)
    command = Command(action=action, request_id=uuid.uuid4().hex, actor=await actor(world, person), **more)
    change = hazard.apply(await record.load(number), command, at)
    assert change is not None
    await record.append(change)
    return change.case


def weeks_ago() -> datetime:
    """A Monday at 09:00 local that is 26 to 32 days behind."""
    return next_monday(datetime.now(UTC) - timedelta(days=33))


async def edit_day(world: World, region: str, day: date) -> str:
    """A day made a holiday as when the engine is away: on record, and nobody told the engine. Gives the order."""
    row = Day(kind=DayKind.HOLIDAY, name="某节", source_doc=f"测〔{day.year}〕8号")
    by = Editor(person_id="p-office", post_id="office", now=world.clock())
    request = Request(principal=by.person_id, key=uuid.uuid4().hex, fingerprint="0")
    kept = Kept(request, lambda _edit: Answer(status=200, body={}))
    calendar = PostgresCalendar(world.database)
    _, edit = await calendar.put_day(region, day, row, expected_version=0, by=by, kept=kept)
    assert edit is not None
    return edit.order_id


async def want_policy(world: World, version: str) -> str:
    """Running cases are wanted under a version of the policy since it is in force. Gives the order."""
    async with world.database.transaction() as connection:
        since = await connection.fetchval("SELECT valid_from FROM policies WHERE version = $1", version)
        order = RestampOrder(
            id=f"policy-{version}",
            reason=f"适用时限政策 {version}",
            person_id="p-office",
            post_id="office",
            wanted_at=since,
            policy_version=version,
        )
        await restamps.put(connection, order)
    return order.id


async def handed_over(world: World, number: str) -> bool:
    """Whether the run left a record to an activity outside its own tasks."""
    history = await world.handle(number).fetch_history()
    return any(event.HasField("activity_task_scheduled_event_attributes") for event in history.events)


async def taken_up(world: World, *numbers: str) -> bool:
    """Whether runs have read all these cases."""
    return not set(await PostgresIntake(world.database).wanted()) & set(numbers)


async def reconciled(world: World) -> bool:
    """Whether the reconciler rests between two passes."""
    history = await world.handle(RECONCILER_ID).fetch_history()
    timers = [event.HasField("timer_started_event_attributes") for event in history.events]
    fired = [event.HasField("timer_fired_event_attributes") for event in history.events]
    return sum(timers) > sum(fired)
