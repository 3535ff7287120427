"""People of their own for tests of signing in, who come from an address of their choice."""

import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from adapters.postgres.accounts import PostgresAccounts
from tests.harness import World

Json = dict[str, Any]
PASSWORD = "Hai-tang 7 hao lou"
OTHER = "Yu-lan 9 hao lou"
WEEK = timedelta(days=7)


@dataclass
class Somebody:
    """A person with an account, at an address."""

    id: str
    http: httpx.AsyncClient

    async def sign_in(self, password: str = PASSWORD, **more: Any) -> httpx.Response:
        body = {"login": self.id, "password": password} | more
        return await self.http.post("/v1/sessions", json=body)

    async def tokens(self, **more: Any) -> Json:
        answer = await self.sign_in(**more)
        assert answer.status_code == 201, answer.text
        told: Json = answer.json()
        return told

    async def me(self, access_token: str) -> int:
        return (await self.get(access_token, "/v1/me")).status_code

    async def get(self, access_token: str, path: str) -> httpx.Response:
        return await self.http.get(path, headers=bearer(access_token))

    async def refresh(self, token: str) -> httpx.Response:
        return await self.http.post("/v1/tokens", json={"refresh_token": token})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextlib.asynccontextmanager
async def at(world: World, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same API that comes from ``address``."""
    transport = world.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    there = httpx.ASGITransport(transport.app, client=(address, 40_000))
    async with httpx.AsyncClient(transport=there, base_url="http://test") as http:
        yield http


async def known(world: World) -> str:
    """The id of somebody new in the directory, without a post."""
    person_id = f"p-{uuid.uuid4().hex[:12]}"
    async with world.database.connection() as connection:
        await connection.execute("INSERT INTO people (id, name) VALUES ($1, $2)", person_id, "示例人员")
    return person_id


async def invited(world: World, person_id: str) -> str:
    """The set-up code of an invitation."""
    accounts = PostgresAccounts(world.database)
    async with world.database.transaction() as connection:
        _, code = await accounts.invite(connection, person_id, None, world.clock(), WEEK)
    return code


async def somebody(world: World, http: httpx.AsyncClient | None = None) -> Somebody:
    """Somebody new who has set a password."""
    person_id = await known(world)
    client = http or world.http
    body = {"code": await invited(world, person_id), "password": PASSWORD}
    answer = await client.post("/v1/passwords", json=body)
    assert answer.status_code == 204, answer.text
    return Somebody(id=person_id, http=client)


async def noted(world: World, person_id: str) -> list[tuple[str, str, str | None]]:
    """What the access log has of somebody: kind, outcome, reason."""
    async with world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind, outcome, reason FROM access_log WHERE person_id = $1 ORDER BY seq", person_id
        )
    return [(row["kind"], row["outcome"], row["reason"]) for row in rows]
