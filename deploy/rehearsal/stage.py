"""The stage of a rehearsal: a private stack with API and worker in this process, and a clock that the scenario sets.

Invariants: everything lives in a folder of its own and goes with it; nothing outside the machine is called; a case's own
time is brought to the scenario's before anything is asked of it.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities import rehydration
from adapters.postgres.database import Database
from adapters.postgres.directory import PostgresDirectory
from adapters.postgres.loading import load
from adapters.postgres.open_cases import PostgresOpenCases
from adapters.postgres.rehearsals import BULLETINS, PostgresRehearsals
from deploy.devstack import Devstack, Ports
from deploy.processes import Child, StackError
from deploy.rehearsal.speaker import Speaker, Vacant
from domain import access
from services import bootstrap
from services.api.main import create
from services.settings import Settings
from services.worker import main as worker
from workflows.gateway import HazardGateway, connect
from workflows.inventory import EngineInventory

PATIENCE: Final = {
    "BIHUAN_ENGINE_TIMEOUT": "15",
    "BIHUAN_DATABASE_TIMEOUT": "10",
    "BIHUAN_REQUESTS_AT_ONCE": "1000",
    "BIHUAN_PERSON_RATE": "100000",
    "BIHUAN_PERSON_BURST": "100000",
}
"""A scenario's people act all at once and are never too many."""

_MIDDLE: Final = timedelta(seconds=30)
"""Where in a nominal minute a case's time is set: its steps of that minute are behind it, the next minute is not near."""

_BEHIND: Final = timedelta(minutes=10)
"""What a case's time starts behind the scenario's, for as long as the machine may take to get there."""

_ENGINE_WITHIN: Final = 15.0
"""Seconds that a call to the engine may take."""

_SETTLED: Final = 30.0
"""Seconds until what is due must be on record."""


@dataclass
class SceneClock:
    """The scenario's time: it stands still until it is set."""

    at: datetime

    def __call__(self) -> datetime:
        """The scenario's time (aware UTC)."""
        return self.at.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A collection that the scenario has started: its number, the code of its kind, and as the API showed it."""

    number: str
    kind: str
    seen: dict[str, Any]


@dataclass
class Stage:
    """A running rehearsal, as its player sees it."""

    stack: Devstack
    clock: SceneClock
    speaker: Speaker
    record: PostgresRehearsals
    directory: PostgresDirectory
    skipper: TimeSkipper
    engine: EngineInventory
    open_cases: PostgresOpenCases
    gateway: Callable[[int], HazardGateway]
    ahead: timedelta
    skipped: timedelta = timedelta()
    engine_away: bool = False
    back_at: datetime | None = None
    region: str = "CN"
    editors: tuple[str, ...] = ()
    unit_posts: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    aheads: dict[str, timedelta] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The scenario's time (aware)."""
        return self.clock.at

    def set(self, at: datetime) -> None:
        """Let it be ``at`` (aware)."""
        self.skipped += max(at - self.clock.at, timedelta())
        self.clock.at = at

    async def speaker_of(self, by: str) -> tuple[str, str]:
        """The post and the person who speaks: ``post`` for its first holder, ``post/person`` for one of several.

        Raises ``Vacant`` for a post that nobody holds.
        """
        post, _, person = by.partition("/")
        if not person:
            holders = await self.directory.holders(post, self.clock())
            if not holders:
                raise Vacant(post)
            person = holders[0]
        return post, person

    async def editor(self) -> tuple[str, str]:
        """Who sees and edits the whole district: the office, or where it is vacant the next post that may. Raises ``Vacant``."""
        for post in self.editors:
            if holders := await self.directory.holders(post, self.clock()):
                return post, holders[0]
        raise Vacant(self.editors[0])

    async def name(self, person: str) -> str:
        """What the person is called."""
        names = await self.directory.names([person], [])
        return names.get(person, person)

    async def follow(self, case_ids: Iterable[str]) -> None:
        """Bring the time of these cases to the scenario's; what falls due on the way is on record then."""
        await asyncio.gather(*(self._follow(case_id) for case_id in case_ids))

    async def _follow(self, case_id: str) -> None:
        if case_id == BULLETINS:
            await self._set_bulletin_clock()
            return
        handle = self.skipper.client.get_workflow_handle(case_id)
        ahead = self.aheads.get(case_id, self.ahead)
        lag = self.clock() + _MIDDLE - ahead - await self.skipper.get_current_time(handle)
        if lag > timedelta():
            await self.skipper.fast_forward(handle, lag)

    async def _set_bulletin_clock(self) -> None:
        """Start the clock of bulletins anew at the scenario's time: it keeps nothing, and wound it would stop at every hour."""
        await self.engine.end(BULLETINS, "推演：拨到方案的时刻")
        await self.gateway(self._ahead_now()).start_bulletin_clock()

    def _ahead_now(self) -> int:
        """What a run that starts now has to be ahead of the engine's time, in seconds, to be at the scenario's."""
        return int((self.clock() + _MIDDLE - datetime.now(UTC)).total_seconds())

    async def rejoin(self) -> None:
        """Start every open case again from its record, at the scenario's time, as after the loss of an engine.

        A case's own time cannot jump: it stops at each timer on its way. But an engine that was away comes back with all of
        them overdue at once, and so does a new run.
        """
        case_ids, collections = await self.record.open_cases(), await self.record.open_collections()
        ending = (self.engine.end(each, "推演：引擎中断后按记录恢复") for each in (*case_ids, *collections))
        await asyncio.gather(*ending)
        ahead = self._ahead_now()
        await rehydration.rehydrate(self.open_cases, self.gateway(ahead))
        for number in collections:
            await self.gateway(ahead).look(number)
        self.aheads |= dict.fromkeys((*case_ids, *collections), timedelta(seconds=ahead))

    async def settled(self, ask: Callable[[], Any], what: str) -> None:
        """Wait until ``ask`` is answered with nothing. Raises ``StackError`` naming ``what`` does not come to rest."""
        try:
            async with asyncio.timeout(_SETTLED):
                while await ask():  # noqa: ASYNC110 - another process is waited for
                    await asyncio.sleep(0.01)
        except TimeoutError as late:
            raise StackError(f"推演没有在 {_SETTLED:.0f} 秒内完成{what}，请在空闲的机器上重试。") from late

    @property
    def engine_process(self) -> Child:
        """The engine's process."""
        return self.stack.child("temporal")


@contextlib.asynccontextmanager
async def opened(starts: datetime, document: dict[str, Any]) -> AsyncIterator[Stage]:
    """A private stack with this district at ``starts`` (aware). Raises ``StackError`` or ``BadDocument``."""
    clock = SceneClock(starts)
    async with contextlib.AsyncExitStack() as opening:
        folder = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-rehearsal-")))
        stack = await opening.enter_async_context(
            Devstack(data=folder / "data", ports=Ports.free(), say=_nothing, time_skipping=True)
        )
        ahead = int((starts - datetime.now(UTC) - _BEHIND).total_seconds())
        settings = _settings(stack, ahead)
        url = settings.database_url.get_secret_value()
        database = await opening.enter_async_context(Database.opened(url, size=5, timeout=10))
        await load(database, document)
        client = await connect(replace(bootstrap.engine_address(settings), lazy=False))
        gateway = partial(_gateway, client, settings.task_queue)
        await opening.enter_async_context(worker.build(client, settings, database, gateway(ahead)))
        await gateway(ahead).start_relay()
        await gateway(ahead).start_bulletin_clock()
        app = create(settings, clock)
        await opening.enter_async_context(app.router.lifespan_context(app))
        http = await opening.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rehearsal")
        )
        yield Stage(
            stack=stack,
            clock=clock,
            speaker=Speaker(http=http, tokens=bootstrap.token_key(settings), clock=clock),
            record=PostgresRehearsals(database),
            directory=PostgresDirectory(database),
            skipper=TimeSkipper(client, config=TimeSkippingConfig(enabled=False)),
            engine=EngineInventory(client, gateway(ahead), timeout=_ENGINE_WITHIN),
            open_cases=PostgresOpenCases(database),
            gateway=gateway,
            ahead=timedelta(seconds=ahead),
            editors=_editors(document),
            unit_posts={unit["id"]: unit["unit_post"] for unit in document["units"]},
        )


def _editors(document: dict[str, Any]) -> tuple[str, ...]:
    """The posts that edit what everybody goes by, those of the office first."""
    able = access.OPERATIONS["edit_organisation"].by
    return tuple(post["id"] for role in able for post in document["posts"] if post["role"] == role)


def _gateway(client: Client, task_queue: str, ahead: int) -> HazardGateway:
    return HazardGateway(client, task_queue=task_queue, timeout=_ENGINE_WITHIN, ahead=ahead)


def _settings(stack: Devstack, ahead: int) -> Settings:
    told = stack.settings() | PATIENCE | {"BIHUAN_REHEARSAL_AHEAD": str(ahead)}
    return Settings.model_validate(
        {name.removeprefix("BIHUAN_").lower(): value for name, value in told.items()}
    )


def _nothing(_line: str) -> None:
    """What the stack says of itself is not part of a rehearsal."""
