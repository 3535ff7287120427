"""API and worker as real processes on servers of their own, which a test may freeze, stop and kill."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psutil
from temporalio.client import Client

from adapters.postgres.database import Database
from adapters.postgres.loading import load
from deploy.devstack import START_WITHIN, Devstack
from deploy.processes import Child, Part
from deploy.sample.district import DISTRICT
from services import bootstrap
from services.cli import up
from services.settings import Settings
from services.tokens import TokenKey
from tests import harness
from tests.stack import FEW_PEOPLE, data_folder, ports
from workflows.gateway import connect

Json = dict[str, Any]


@dataclass
class Live:
    """The running system; ``http`` is a client of the API process."""

    stack: Devstack
    http: httpx.AsyncClient
    tokens: TokenKey
    settings: Settings
    client: Client

    def token(self, person: str) -> str:
        return self.tokens.issue(person, datetime.now(UTC), timedelta(days=1))

    def headers(self, person: str, key: str | None = None) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token(person)}",
            "Idempotency-Key": key or uuid.uuid4().hex,
        }

    async def get(self, person: str, path: str) -> httpx.Response:
        return await self.http.get(path, headers=self.headers(person))

    async def post(self, person: str, path: str, body: Json, key: str | None = None) -> httpx.Response:
        return await self.http.post(path, headers=self.headers(person, key), json=body)

    async def upload(self, person: str, colour: str = "red") -> str:
        files = {"file": ("photo.jpg", harness.photo(colour))}
        answer = await self.http.post("/v1/files", headers=self.headers(person), files=files)
        assert answer.status_code == 201, answer.text
        uploaded: str = answer.json()["id"]
        return uploaded

    async def report(self, person: str = "p-team1a", key: str | None = None, **more: Any) -> httpx.Response:
        body = {
            "unit_id": "ec01",
            "place": f"房间{uuid.uuid4().hex[:8]}",
            "category": "fire",
            "description": "安全出口被货架堵塞",
        }
        return await self.post(person, "/v1/hazards", body | more, key)

    async def timeline(self, case_id: str) -> list[str]:
        answer = await self.get("p-office", f"/v1/hazards/{case_id}/timeline")
        assert answer.status_code == 200, answer.text
        return [line["action"] for line in answer.json()["items"]]

    def log(self) -> str:
        """Everything that the API process has written."""
        return (self.stack.data / "logs" / "api.log").read_text(encoding="utf-8")

    def child(self, part: str) -> Child:
        return self.stack._children[part]

    @contextlib.contextmanager
    def frozen(self, *parts: str) -> Iterator[None]:
        """Every process of these parts is suspended: it holds its connections and answers nothing."""
        held: list[psutil.Process] = []
        for part in parts:
            first = psutil.Process(self.child(part).pid)
            first.suspend()
            # PostgreSQL gives each of its processes a session of its own, so there is no group to signal
            held += [first, *first.children(recursive=True)]
        for process in held:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
        try:
            yield
        finally:
            for process in held:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    @contextlib.asynccontextmanager
    async def stopped(self, part: str) -> AsyncIterator[None]:
        """The part is not there: connections to it are refused."""
        child = self.child(part)
        await child.stop()
        try:
            yield
        finally:
            await child.start(within=START_WITHIN)


@contextlib.asynccontextmanager
async def running(more: Mapping[str, str] | None = None) -> AsyncIterator[Live]:
    """PostgreSQL, Temporal, worker and API with the sample directory, in a folder of their own; ``more`` are settings."""
    with data_folder() as data:
        async with Devstack(data=data, ports=ports(), say=lambda _line: None) as stack:
            told = {name.removeprefix("BIHUAN_").lower(): value for name, value in stack.settings().items()}
            settings = Settings.model_validate(told)
            url = settings.database_url.get_secret_value()
            async with Database.opened(url, size=1, timeout=10) as database:
                await load(database, DISTRICT)
            await stack.add(*busy_parts(stack, more))
            async with httpx.AsyncClient(base_url=stack.api_url, timeout=60, trust_env=False) as http:
                client = await connect(bootstrap.engine_address(settings))
                tokens = bootstrap.token_key(settings)
                yield Live(stack=stack, http=http, tokens=tokens, settings=settings, client=client)


def busy_parts(stack: Devstack, more: Mapping[str, str] | None = None) -> list[Part]:
    """Our own two processes, as they are told to be where few people do the work of many."""
    told = {**FEW_PEOPLE, **(more or {})}
    return [replace(part, environment={**part.environment, **told}) for part in up.parts(stack)]
