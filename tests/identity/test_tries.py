"""Guessing is slow, and nobody can lock out somebody else by failing in their name."""

import asyncio
import time
from datetime import timedelta

import httpx
import pytest

from services.api.sign_in import BY_ACCOUNT, BY_PAIR, BY_SOURCE
from tests.harness import World
from tests.identity.people import PASSWORD, Somebody, at, bearer, noted, somebody

WRONG = "Not-the-one 1"


async def test_after_five_failures_an_address_waits_and_then_may_try_again(world: World) -> None:
    async with at(world, "198.51.100.1") as http:
        me = await somebody(world, http)
        assert [(await me.sign_in(WRONG)).status_code for _ in range(BY_PAIR)] == [401] * BY_PAIR
        locked = await me.sign_in()
        assert (locked.status_code, locked.json()["code"]) == (429, "too_many_tries"), "even if it is right"
        assert 0 < int(locked.headers["retry-after"]) <= 15 * 60 + 1
        world.clock.ahead += timedelta(minutes=16)
        try:
            assert (await me.sign_in()).status_code == 201
        finally:
            world.clock.ahead -= timedelta(minutes=16)


async def test_who_is_locked_at_one_address_is_not_at_another(world: World) -> None:
    async with at(world, "198.51.100.2") as theirs, at(world, "198.51.100.3") as mine:
        me = await somebody(world, mine)
        attacker = Somebody(id=me.id, http=theirs)
        for _ in range(BY_PAIR + 3):
            await attacker.sign_in(WRONG)
        assert (await attacker.sign_in(WRONG)).status_code == 429
        assert (await me.sign_in()).status_code == 201


async def test_a_known_device_comes_in_though_a_colleague_behind_the_same_address_fails(world: World) -> None:
    async with at(world, "198.51.100.4") as http:
        me = await somebody(world, http)
        device = (await me.tokens())["device_token"]
        for _ in range(BY_PAIR + 1):
            await me.sign_in(WRONG)
        assert (await me.sign_in()).status_code == 429
        assert (await me.sign_in(device=device)).status_code == 201
        # which does not make that device a way to guess
        tries = [(await me.sign_in(WRONG, device=device)).status_code for _ in range(BY_PAIR + 1)]
        assert tries == [401] * BY_PAIR + [429]


async def test_a_device_is_known_for_its_own_person_only_and_until_everything_is_signed_out(
    world: World,
) -> None:
    async with at(world, "198.51.100.5") as http:
        me, you = await somebody(world, http), await somebody(world, http)
        mine, yours = await me.tokens(), (await you.tokens())["device_token"]
        for _ in range(BY_PAIR + 1):
            await me.sign_in(WRONG)
        for device in (yours, mine["access_token"], "x"):
            assert (await me.sign_in(device=device)).status_code == 429
        world.clock.ahead += timedelta(seconds=2)
        try:
            await http.delete("/v1/sessions", headers=bearer(mine["access_token"]))
            assert (await me.sign_in(device=mine["device_token"])).status_code == 429
        finally:
            world.clock.ahead -= timedelta(seconds=2)


async def test_many_addresses_together_are_slowed_and_the_known_device_still_comes_in(world: World) -> None:
    async with at(world, "198.51.100.6") as home:
        me = await somebody(world, home)
        device = (await me.tokens())["device_token"]
        await already(world, BY_ACCOUNT - 4, "account", me.id)
        answers: list[int] = []
        for number in range(3):
            async with at(world, f"203.0.113.{number}") as there:
                bot = Somebody(id=me.id, http=there)
                answers += [(await bot.sign_in(WRONG)).status_code for _ in range(2)]
        assert answers == [401] * 4 + [429] * 2
        assert (await me.sign_in(device=device)).status_code == 201


async def test_one_address_alone_never_reaches_the_counter_of_the_account(world: World) -> None:
    async with at(world, "198.51.100.7") as theirs, at(world, "198.51.100.8") as mine:
        me = await somebody(world, mine)
        bot = Somebody(id=me.id, http=theirs)
        for _ in range(BY_ACCOUNT + 20):
            await bot.sign_in(WRONG)
        assert (await me.sign_in()).status_code == 201


async def test_an_address_that_tries_many_accounts_waits(world: World) -> None:
    async with at(world, "198.51.100.9") as http:
        await already(world, BY_SOURCE - 3, "source", "198.51.100.9")
        nobody = [Somebody(id=f"p-spray-{number}", http=http) for number in range(5)]
        answers = [(await one.sign_in(WRONG)).status_code for one in nobody]
        assert answers == [401] * 3 + [429] * 2


async def test_a_hundred_tries_at_once_are_a_hundred_tries(world: World) -> None:
    async with at(world, "198.51.100.10") as http:
        me = await somebody(world, http)
        answers = await asyncio.gather(*(me.sign_in(WRONG) for _ in range(40)))
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(401) <= BY_PAIR
        assert set(statuses) <= {401, 429, 503}


async def test_an_address_of_ipv6_is_its_network(world: World) -> None:
    async with at(world, "2001:db8:1:2::1") as one, at(world, "2001:db8:1:2:ffff::9") as other:
        me = await somebody(world, one)
        for _ in range(BY_PAIR):
            await me.sign_in(WRONG)
        assert (await Somebody(id=me.id, http=other).sign_in()).status_code == 429


async def test_signing_in_takes_its_own_tries_back(world: World) -> None:
    async with at(world, "198.51.100.11") as http:
        me = await somebody(world, http)
        await already(world, BY_SOURCE - 1, "source", "198.51.100.11")
        await already(world, BY_ACCOUNT - 1, "account", me.id)
        for _ in range(3):
            assert (await me.sign_in()).status_code == 201


async def test_nobodys_account_answers_as_somebodys_does_and_takes_as_long(world: World) -> None:
    async with at(world, "198.51.100.12") as http:
        me, nobody = await somebody(world, http), Somebody(id="p-nobody-at-all", http=http)
        seconds: dict[str, list[float]] = {}
        bodies = []
        for one in (me, nobody) * 4:
            begun = time.perf_counter()
            answer = await one.sign_in(WRONG)
            seconds.setdefault(one.id, []).append(time.perf_counter() - begun)
            bodies.append((answer.status_code, answer.json()))
        assert all(body == bodies[0] for body in bodies)
        assert bodies[0][0] == 401
        # the quickest of each: what else the machine did meanwhile only adds
        known, unknown = (min(seconds[one.id]) for one in (me, nobody))
        assert unknown > known / 3, (known, unknown)


async def test_coming_in_and_failing_is_in_the_access_log_by_address(world: World) -> None:
    async with at(world, "198.51.100.13") as http:
        me = await somebody(world, http)
        await me.sign_in(WRONG)
        await me.tokens()
    rows = await noted(world, me.id)
    assert ("sign_in_failed", "failed", "source 198.51.100.13") in rows
    assert ("sign_in", "ok", "source 198.51.100.13") in rows


@pytest.mark.parametrize("login", ["{}", "  {} ", "Ｐ-{}"])
async def test_a_login_is_known_whatever_its_width_case_and_spaces(world: World, login: str) -> None:
    me = await somebody(world)
    given = login.format(me.id.upper()).replace("Ｐ-P-", "Ｐ-")
    answer = await me.http.post("/v1/sessions", json={"login": given, "password": PASSWORD})
    assert answer.status_code == 201


async def already(world: World, tries: int, *counted: str) -> None:
    """So many tries were made within the window, by others."""
    transport = world.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    identity = transport.app.state.services.identity  # type: ignore[attr-defined]
    async with world.database.connection() as connection:
        await connection.execute(
            "INSERT INTO throttles (key, taken, since) VALUES ($1, $2, $3)"
            " ON CONFLICT (key) DO UPDATE SET taken = $2",
            *(identity.counter(*counted), tries, world.clock()),
        )
