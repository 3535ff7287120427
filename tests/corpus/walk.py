"""Walking at random: many cases at once, each by what the API offers for it, while the clock is wound for all of them."""

import asyncio
import uuid
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from temporalio.client import WorkflowExecutionStatus

from adapters.postgres.hazards import PostgresHazards
from domain.errors import Refused, Temporary
from domain.hazard import Action, Command, Restamp
from domain.ladder import ClockKind
from domain.workdays import Limit, Unit
from tests.harness import Json, World
from tests.stories import behind, loop
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF

PEOPLE: Final = (FINDER, CHECKER, OFFICE, DEPUTY, STAFF, HEAD)
STEPS: Final = tuple(timedelta(hours=hours) for hours in (1, 20, 60, 150, 400))
"""How far the clock is wound at once."""
_ON: Final = ("confirm", "assign", "plan", "control", "start", "submit", "pass", "return", "close")
_SELDOM: Final = ("dismiss", "transfer", "merge", "regrade", "supervise", "suspend_use", "note")
_WEIGHT: Final = {**dict.fromkeys(_ON, 6.0), **dict.fromkeys(_SELDOM, 0.4)}
"""What leads on is done rather than what ends a case early, or most walks would be short."""


@dataclass
class Walks:
    """What is walked in, by which seed, and what was noted on the way."""

    world: World
    seed: str
    refused: dict[str, list[str]] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)

    def random(self, about: str) -> Random:
        """Of each case its own, so that no walk depends on which answer came first."""
        return Random(f"{self.seed} {about}")  # noqa: S311 - walks must be repeatable


async def begin(walks: Walks, count: int) -> list[str]:
    """Report as many hazards and lead them to where the walk begins; gives their numbers."""
    random = walks.random("begin")
    levels = random.choices(("general", "major"), (3, 1), k=count)
    stages = random.choices(("reported", "assigned", "rectifying", "verifying"), k=count)
    begun = (
        loop.to(walks.world, stage, major=level == "major")
        for stage, level in zip(stages, levels, strict=True)
    )
    return list(await asyncio.gather(*begun))


async def _report(walks: Walks, level: str) -> Json:
    return await walks.world.report(FINDER, level=level)


async def on(walks: Walks, numbers: list[str], rounds: int) -> None:
    """Take so many steps in each case; between two rounds time passes for all of them."""
    randoms = [walks.random(str(place)) for place, _ in enumerate(numbers)]
    between = walks.random("between")
    for _ in range(rounds):
        steps = zip(randoms, numbers, strict=True)
        await asyncio.gather(*(step(walks, random, number) for random, number in steps))
        if between.random() < 0.4:
            await wind(walks.world, between.choice(STEPS), *numbers)


async def wind(world: World, ahead: timedelta, *numbers: str) -> None:
    """Let time pass for those that still run."""
    described = await asyncio.gather(*(world.handle(number).describe() for number in numbers))
    running = [one.id for one in described if one.status is WorkflowExecutionStatus.RUNNING]
    await world.wind(ahead, *running)


async def step(walks: Walks, random: Random, number: str) -> None:
    """One thing that happens to a case; mostly somebody does what is offered to them."""
    others = {refused: 6, overtaken: 6, restamped: 5, cancelled: 3, at_once: 6, reopened: 2}
    (happens,) = random.choices([offered, *others], [80, *others.values()])
    await happens(walks, random, number)


async def offered(walks: Walks, random: Random, number: str) -> None:
    """Somebody does something that the API offers to them."""
    for person in random.sample(PEOPLE, len(PEOPLE)):
        case = await walks.world.see(number, person)
        actions = [one["action"] for one in case["allowed_actions"]]
        if among := [one for one in actions if one != "reopen"]:
            (action,) = random.choices(among, [_WEIGHT.get(one, 1) for one in among])
            await act(walks, random, person, case, action)
            return


async def act(walks: Walks, random: Random, person: str, case: Json, action: str) -> None:
    """Try an act with all that it needs; what the rules say to it is noted."""
    more = await _more(walks, random, case, action)
    status, _ = await loop.try_(walks.world, person, case["id"], action, **more)
    walks.answers[status] += 1


async def _more(walks: Walks, random: Random, case: Json, action: str) -> Json:
    """What depends on the case: the other one that it is merged into, a day, its open slip."""
    if action == "merge":
        return {"into": (await _report(walks, case["level"]))["id"]}
    last = date.fromisoformat(case["clock"]["last_day"]) if case["clock"] else walks.world.clock().date()
    if action == "extend":
        return {"until": (last + timedelta(days=random.randint(1, 12))).isoformat()}
    if action == "defer":
        return {"until": (walks.world.clock().date() + timedelta(days=random.randint(2, 20))).isoformat()}
    if action == "reply":
        return {"slip": next((one["serial"] for one in case["slips"] if one["replied_at"] is None), "-")}
    return {}


async def refused(walks: Walks, random: Random, number: str) -> None:
    """Somebody asks the engine for what is not theirs to do."""
    del random
    actor = await behind.actor(walks.world, STAFF)
    command = Command(action=Action.CLOSE, request_id=uuid.uuid4().hex, actor=actor, note="同意销号")
    try:
        await behind.gateway(walks.world).act(number, command)
    except Refused as error:
        if error.code != "not_running":
            walks.refused.setdefault(number, []).append(command.request_id)
    except Temporary:
        walks.answers[503] += 1


async def overtaken(walks: Walks, random: Random, number: str) -> None:
    """Another writer takes the next place in the record, and somebody acts on what was before."""
    try:
        person = random.choice((HEAD, STAFF))
        await behind.write(walks.world, number, person, Action.NOTE, walks.world.clock(), note="另一处写入")
    except Refused:
        return
    await offered(walks, random, number)


async def restamped(walks: Walks, random: Random, number: str) -> None:
    """The case is brought under terms with another limit, the same request twice."""
    case = await PostgresHazards(walks.world.database).load(number)
    amount = random.randint(3, 30)
    limits = {
        level: {**kinds, ClockKind.RECTIFY: Limit(unit=Unit.WORKING_DAYS, amount=amount)}
        for level, kinds in case.terms.limits.items()
    }
    newer = Restamp(
        terms=replace(case.terms, version=f"2026-{amount}", limits=limits),
        person_id=OFFICE,
        post_id="office",
        request_id=uuid.uuid4().hex,
        reason=f"测〔2026〕{amount}号",
    )
    try:
        await behind.gateway(walks.world).restamp(number, newer)
        await behind.gateway(walks.world).restamp(number, replace(newer, request_id=uuid.uuid4().hex))
    except (Refused, Temporary):
        walks.answers[409] += 1


async def cancelled(walks: Walks, random: Random, number: str) -> None:
    """Somebody cancels the run from outside; the case goes on."""
    del random
    described = await walks.world.handle(number).describe()
    if described.status is WorkflowExecutionStatus.RUNNING:
        await walks.world.handle(number).cancel()


async def at_once(walks: Walks, random: Random, number: str) -> None:
    """Several people act in the same moment."""
    case = await walks.world.see(number)
    people = random.sample((CHECKER, OFFICE, DEPUTY, STAFF, HEAD), 3)
    await asyncio.gather(
        offered(walks, random, number), *(act(walks, random, person, case, "note") for person in people)
    )


async def reopened(walks: Walks, random: Random, number: str) -> None:
    """A case that is closed is opened again; one that is not has something offered done."""
    case = await walks.world.see(number)
    if case["stage"] == "closed":
        await act(walks, random, OFFICE, case, "reopen")
    else:
        await offered(walks, random, number)
