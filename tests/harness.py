"""The whole system in one process on the real servers, with a clock that the test winds.

The API runs behind a real HTTP client, the worker beside it; PostgreSQL and Temporal are those of the session.
"""

import asyncio
import contextlib
import io
import itertools
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from typing import Any

import httpx
from PIL import Image
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.collection_kinds import PostgresCollectionKinds
from adapters.postgres.database import Database
from adapters.postgres.loading import load
from deploy.devstack import Devstack
from deploy.sample.district import DISTRICT
from domain.workdays import Day, DayKind, OpeningHours, Plan
from services import bootstrap
from services.api.main import create
from services.settings import Settings
from services.tokens import TokenKey
from services.worker import main as worker
from tests.stack import FEW_PEOPLE, PATIENT
from workflows.gateway import HazardGateway, connect

Json = dict[str, Any]


def settings_of(stack: Devstack, **more: str) -> Settings:
    """The settings of our own processes on this stack."""
    told = stack.settings() | PATIENT | FEW_PEOPLE | more
    values: dict[str, Any] = {name.removeprefix("BIHUAN_").lower(): value for name, value in told.items()}
    return Settings(**values)


LOCAL = timezone(timedelta(hours=8))
REGION = "CN-TEST"
TEST_DISTRICT: dict[str, Any] = {
    **DISTRICT,
    "policies": [
        {**row, "terms": {**row["terms"], "region": REGION, "periods": []}} for row in DISTRICT["policies"]
    ],
}
"""The sample whose policy counts by plain weeks and knows no season: no story depends on when it is told."""


def next_monday(after: datetime) -> datetime:
    """A Monday at 09:00 local, at least a day ahead."""
    day = after.astimezone(LOCAL).date() + timedelta(days=1)
    day += timedelta(days=-day.weekday() % 7)
    return datetime.combine(day, time(9), LOCAL)


async def plain_weeks(database: Database) -> None:
    """A region whose years are official and whose only holiday is a Sunday."""
    calendar = PostgresCalendar(database)
    await calendar.add_region(REGION, name="测试地区", base=None, hours=OpeningHours())
    loaded = {row["year"] for row in await calendar.years(REGION)}
    this = datetime.now(UTC).year
    for year in {*range(this - 1, this + 4)} - loaded:
        first = date(year, 1, 1)
        sunday = first + timedelta(days=6 - first.weekday())
        day = Day(kind=DayKind.HOLIDAY, name="周日", source_doc=f"测〔{year}〕1号")
        plan = Plan(year=year, source_doc=day.source_doc, days={sunday: day})
        await calendar.fill_year(REGION, plan, datetime.now(UTC))


async def assert_plain_weeks(database: Database) -> None:
    """No test edited the days by which every story of the shared world counts: those have a region of their own."""
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT date FROM calendar_days WHERE region = $1", REGION)
    assert [row["date"] for row in rows if row["date"].weekday() != 6] == []


@dataclass
class WoundClock:
    """The API's clock: the real one plus what the test has wound, or the very instant at which the test has stopped it."""

    ahead: timedelta = timedelta()
    stopped: datetime | None = None

    def __call__(self) -> datetime:
        return self.stopped or datetime.now(UTC) + self.ahead


_PLACES = itertools.count()
"""Every world of a session has the same record: no two reports of theirs are of one place."""


@dataclass
class World:
    """The system under test, as its users meet it."""

    http: httpx.AsyncClient
    clock: WoundClock
    client: Client
    skipper: TimeSkipper
    database: Database
    settings: Settings
    tokens: TokenKey
    places: Any = _PLACES
    uploads: dict[tuple[str, str], str] = field(default_factory=dict)
    uploading: asyncio.Lock = field(default_factory=asyncio.Lock)
    following: bool = False

    def headers(self, person: str, key: str | None = None) -> dict[str, str]:
        token = self.tokens.issue(person, self.clock(), timedelta(days=3650))
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": key or uuid.uuid4().hex}

    async def get(self, person: str, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.headers(person), params=params)

    async def whole(self, person: str, path: str, **params: Any) -> list[Json]:
        """A list to its end, page after page: what one looks for may stand behind what others have on record."""
        found: list[Json] = []
        while True:
            response = await self.get(person, path, **{"limit": 100} | params)
            assert response.status_code == 200, response.text
            page: Json = response.json()
            found += page["items"]
            if page["next"] is None:
                return found
            params["cursor"] = page["next"]

    async def post(self, person: str, path: str, body: Any, key: str | None = None) -> httpx.Response:
        return await self.http.post(path, headers=self.headers(person, key), json=body)

    async def put(self, person: str, path: str, body: Any, key: str | None = None) -> httpx.Response:
        return await self.http.put(path, headers=self.headers(person, key), json=body)

    async def upload(self, person: str, content: bytes | None = None) -> str:
        """A photo of this person's; the same one is uploaded once."""
        name = (person, "default" if content is None else str(hash(content)))
        # many who report at once do not have the same photo looked through many times at once
        async with self.uploading:
            if name not in self.uploads:
                files = {"file": ("photo.jpg", photo() if content is None else content)}
                response = await self.http.post("/v1/files", headers=self.headers(person), files=files)
                assert response.status_code == 201, response.text
                self.uploads[name] = response.json()["id"]
            return self.uploads[name]

    async def cite(self, person: str, *kinds: str) -> list[Json]:
        return [{"file_id": await self.upload(person), "kind": kind} for kind in kinds]

    async def report(self, person: str = "p-team1a", unit: str = "ec01", **more: Any) -> Json:
        body = {
            "unit_id": unit,
            "place": f"第{next(self.places)}号房间",
            "category": "fire",
            "item": "fire-exit",
            "description": "安全出口被货架堵塞",
            "evidence": await self.cite(person, "before_photo"),
        } | more
        response = await self.post(person, "/v1/hazards", body)
        assert response.status_code in (200, 201), response.text
        reported: Json = response.json()
        if self.following and reported["is_new"]:
            await self.follow(reported["id"])
        return reported

    async def act(self, person: str, case_id: str, action: str, **body: Any) -> httpx.Response:
        return await self.post(person, f"/v1/hazards/{case_id}/actions/{action}", body)

    async def must(self, person: str, case_id: str, action: str, **body: Any) -> Json:
        response = await self.act(person, case_id, action, **body)
        assert response.status_code == 200, response.text
        done: Json = response.json()
        return done

    async def see(self, case_id: str, person: str = "p-office") -> Json:
        response = await self.get(person, f"/v1/hazards/{case_id}")
        assert response.status_code == 200, response.text
        seen: Json = response.json()
        return seen

    def handle(self, case_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(case_id)

    def begin_on_monday(self) -> datetime:
        """Set the clock to a Monday at 09:00 local; cases opened from now on follow it. Gives that instant."""
        monday = next_monday(datetime.now(UTC))
        self.clock.ahead, self.following = monday - datetime.now(UTC), True
        return monday

    async def follow(self, case_id: str) -> None:
        """Wind a run, which starts at the real time, to where the API's clock is."""
        handle = self.handle(case_id)
        behind = self.clock() - await self.skipper.get_current_time(handle)
        if behind > timedelta():
            await self.skipper.fast_forward(handle, behind)

    async def until(self, instant: datetime, *case_ids: str) -> None:
        """Let time pass up to ``instant`` (aware) and a moment more."""
        await self.wind(instant - self.clock() + timedelta(seconds=2), *case_ids)

    async def wind(self, ahead: timedelta, *case_ids: str) -> None:
        """Let time pass for the API and for these cases, in step."""
        self.clock.ahead += ahead
        await asyncio.gather(*(self.follow(case_id) for case_id in case_ids))


@cache
def photo(colour: str = "red") -> bytes:
    """A small valid photo."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


@contextlib.asynccontextmanager
async def world(stack: Devstack, *, working: bool = True, **told: str) -> AsyncIterator[World]:
    """API and worker on the session's servers, with the sample directory loaded; ``told`` are other settings.

    ``working=False`` leaves the worker to the test.
    """
    settings = settings_of(stack, **{"BIHUAN_TASK_QUEUE": f"test-{uuid.uuid4().hex[:8]}"} | told)
    url = settings.database_url.get_secret_value()
    clock = WoundClock()
    async with contextlib.AsyncExitStack() as opened:
        database = await opened.enter_async_context(Database.opened(url, size=5, timeout=10))
        await plain_weeks(database)
        await load(database, TEST_DISTRICT)
        await PostgresCollectionKinds(database).fill()
        client = await connect(replace(bootstrap.engine_address(settings), lazy=False))
        gateway = HazardGateway(client, task_queue=settings.task_queue, timeout=settings.engine_timeout)
        if working:
            await opened.enter_async_context(worker.build(client, settings, database, gateway))
        app = create(settings, clock)
        await opened.enter_async_context(app.router.lifespan_context(app))
        http = await opened.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        )
        skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        yield World(
            http=http,
            clock=clock,
            client=client,
            skipper=skipper,
            database=database,
            settings=settings,
            tokens=bootstrap.token_key(settings),
        )
