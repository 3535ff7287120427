"""Sessions: short access tokens, refresh tokens that work once, and revocation at the next request."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import jwt

from tests.harness import World
from tests.identity.people import bearer, noted, somebody


async def test_an_access_token_is_short_and_the_refresh_token_gives_the_next(world: World) -> None:
    me = await somebody(world)
    first = await me.tokens()
    assert first["expires_in"] == 600
    claims = jwt.decode(first["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 600
    assert claims["sid"] == first["session_id"]
    world.clock.ahead += timedelta(seconds=601)
    try:
        assert await me.me(first["access_token"]) == 401
        second = (await me.refresh(first["refresh_token"])).json()
        assert await me.me(second["access_token"]) == 200
        assert second["refresh_token"] != first["refresh_token"]
        assert second["session_id"] == first["session_id"]
    finally:
        world.clock.ahead -= timedelta(seconds=601)


async def test_a_refresh_token_shown_again_later_ends_the_whole_session(world: World) -> None:
    me = await somebody(world)
    first = await me.tokens()
    second = (await me.refresh(first["refresh_token"])).json()
    world.clock.ahead += timedelta(seconds=11)
    try:
        assert (await me.refresh(first["refresh_token"])).status_code == 401
        after = await me.refresh(second["refresh_token"])
        assert (after.status_code, after.json()["code"]) == (401, "session_over")
        assert await me.me(second["access_token"]) == 401
    finally:
        world.clock.ahead -= timedelta(seconds=11)
    assert ("sign_in_failed", "failed", "reused") in await noted(world, me.id)


async def test_a_copy_is_found_at_once_when_the_successor_is_in_use(world: World) -> None:
    me = await somebody(world)
    first = await me.tokens()
    second = (await me.refresh(first["refresh_token"])).json()
    third = (await me.refresh(second["refresh_token"])).json()
    assert (await me.refresh(first["refresh_token"])).status_code == 401
    assert (await me.refresh(third["refresh_token"])).status_code == 401


async def test_twenty_refreshes_at_once_are_one_and_get_the_same_successor(world: World) -> None:
    me = await somebody(world)
    first = await me.tokens()
    answers = await asyncio.gather(*(me.refresh(first["refresh_token"]) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    # no second line of tokens has come of it
    async with world.database.connection() as connection:
        count = await connection.fetchval(
            "SELECT count(*) FROM refresh_tokens WHERE session_id = $1", first["session_id"]
        )
    assert count == 2


async def test_a_session_at_rest_is_over_and_so_is_an_old_one(world: World) -> None:
    me = await somebody(world)
    rested, old = await me.tokens(), await me.tokens()
    begun = world.clock.ahead
    try:
        world.clock.ahead += timedelta(minutes=29)
        again = (await me.refresh(old["refresh_token"])).json()
        world.clock.ahead += timedelta(minutes=2)
        assert (await me.refresh(rested["refresh_token"])).status_code == 401
        while world.clock.ahead - begun < timedelta(hours=12):
            answer = await me.refresh(again["refresh_token"])
            assert answer.status_code == 200
            again = answer.json()
            world.clock.ahead += timedelta(minutes=29)
        assert (await me.refresh(again["refresh_token"])).status_code == 401
    finally:
        world.clock.ahead = begun
    assert {("sign_out", "ok", "idle"), ("sign_out", "ok", "expired")} <= set(await noted(world, me.id))


async def test_signing_out_ends_this_session_and_no_other(world: World) -> None:
    me = await somebody(world)
    here, there = await me.tokens(), await me.tokens()
    answer = await me.http.delete("/v1/me/session", headers=bearer(here["access_token"]))
    assert answer.status_code == 204
    assert [await me.me(one["access_token"]) for one in (here, there)] == [401, 200]
    assert (await me.refresh(here["refresh_token"])).status_code == 401


async def test_another_session_is_listed_and_can_be_ended_but_nobody_elses(world: World) -> None:
    me, you = await somebody(world), await somebody(world)
    here, there, yours = await me.tokens(), await me.tokens(), await you.tokens()
    listed = (await me.get(here["access_token"], "/v1/sessions")).json()["items"]
    assert {(one["id"], one["current"]) for one in listed} == {
        (here["session_id"], True),
        (there["session_id"], False),
    }
    path = "/v1/sessions/{}"
    stolen = await me.http.delete(path.format(yours["session_id"]), headers=bearer(here["access_token"]))
    assert (stolen.status_code, stolen.json()["code"]) == (404, "session_unknown")
    ended = await me.http.delete(path.format(there["session_id"]), headers=bearer(here["access_token"]))
    assert ended.status_code == 204
    assert [await me.me(one["access_token"]) for one in (here, there)] == [200, 401]
    assert await you.me(yours["access_token"]) == 200


async def test_signing_out_everywhere_voids_every_token_that_was_issued(world: World) -> None:
    me = await somebody(world)
    here, there = await me.tokens(), await me.tokens()
    elsewhere = world.tokens.issue(me.id, world.clock(), timedelta(days=1))
    answer = await me.http.delete("/v1/sessions", headers=bearer(here["access_token"]))
    assert answer.status_code == 204
    tokens = (here["access_token"], there["access_token"], elsewhere)
    assert [await me.me(one) for one in tokens] == [401, 401, 401]
    assert (await me.sign_in()).status_code == 201


async def test_a_token_of_a_session_of_somebody_else_is_nobodys(world: World) -> None:
    me, you = await somebody(world), await somebody(world)
    mine = await me.tokens()
    mixed = world.tokens.issue(you.id, world.clock(), timedelta(hours=1), mine["session_id"])
    unheard = world.tokens.issue(me.id, world.clock(), timedelta(hours=1), "0" * 32)
    assert [await me.me(mixed), await me.me(unheard)] == [401, 401]


async def test_a_token_without_a_session_has_none_to_end(world: World) -> None:
    me = await somebody(world)
    elsewhere = world.tokens.issue(me.id, world.clock() + timedelta(seconds=2), timedelta(days=1))
    answer = await me.http.delete("/v1/me/session", headers=bearer(elsewhere))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_session")


async def test_a_refresh_token_is_no_access_token_and_the_other_way_round(world: World) -> None:
    me = await somebody(world)
    mine = await me.tokens()
    assert await me.me(mine["refresh_token"]) == 401
    assert await me.me(mine["device_token"]) == 401
    assert (await me.refresh(mine["access_token"])).status_code == 401


async def test_whether_a_token_stands_costs_no_statement_of_its_own(world: World) -> None:
    """Who asks is read in one statement, with the posts held now."""
    me = await somebody(world)
    token = (await me.tokens())["access_token"]
    assert await me.me(token) == 200
    asked = await _asked_by(world, token)
    assert len(asked) == 1
    assert "FROM people" in asked[0]
    assert "FROM sessions" in asked[0]


async def _asked_by(world: World, token: str) -> list[str]:
    """The statements that the API sends for ``GET /v1/me``."""
    seen: list[str] = []
    transport = world.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    pool = transport.app.state.services.database._pool  # type: ignore[attr-defined]
    connections = [holder._con for holder in pool._holders if holder._con is not None]

    def note(record: asyncpg.connection.LoggedQuery) -> None:
        seen.append(record.query)

    for connection in connections:
        connection.add_query_logger(note)
    try:
        answer = await world.http.get("/v1/me", headers=bearer(token))
    finally:
        for connection in connections:
            connection.remove_query_logger(note)
    assert answer.status_code == 200
    # what the pool sends when a connection comes back
    return [query for query in seen if "pg_advisory_unlock_all" not in query]
