"""Local accounts: no password that nobody set, one code for one set-up, and the owner alone changes it."""

import pytest

from adapters.postgres.accounts import PostgresAccounts
from tests.harness import World
from tests.identity.people import OTHER, PASSWORD, WEEK, Somebody, bearer, invited, known, noted, somebody


async def test_an_account_is_opened_by_a_code_that_works_once(world: World) -> None:
    person_id = await known(world)
    body = {"code": await invited(world, person_id), "password": PASSWORD}
    assert (await world.http.post("/v1/passwords", json=body)).status_code == 204
    again = await world.http.post("/v1/passwords", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "code_invalid")
    me = Somebody(id=person_id, http=world.http)
    assert await me.me((await me.tokens())["access_token"]) == 200


async def test_before_the_set_up_there_is_no_password_that_lets_in(world: World) -> None:
    me = Somebody(id=await known(world), http=world.http)
    await invited(world, me.id)
    for password in ("", " ", "None", me.id, "admin", PASSWORD):
        assert (await me.sign_in(password)).status_code in (401, 422)


async def test_a_code_is_void_after_its_time_and_after_a_newer_one(world: World) -> None:
    person_id = await known(world)
    first, second = await invited(world, person_id), await invited(world, person_id)
    old = await world.http.post("/v1/passwords", json={"code": first, "password": PASSWORD})
    assert old.status_code == 401
    world.clock.ahead += WEEK
    try:
        late = await world.http.post("/v1/passwords", json={"code": second, "password": PASSWORD})
    finally:
        world.clock.ahead -= WEEK
    assert late.status_code == 401
    sound = await world.http.post("/v1/passwords", json={"code": second, "password": PASSWORD})
    assert sound.status_code == 204


@pytest.mark.parametrize(
    "weak", ["Abc-1234", "haitang7haolou", "Password123!", "Qwertyuiop1!", "Aa1-Aa1-Aa1-"]
)
async def test_a_weak_password_is_refused_with_the_rule_and_the_code_stays_good(
    world: World, weak: str
) -> None:
    person_id = await known(world)
    code = await invited(world, person_id)
    answer = await world.http.post("/v1/passwords", json={"code": code, "password": weak})
    assert (answer.status_code, answer.json()["code"]) == (422, "password_weak")
    assert weak not in answer.text
    strong = await world.http.post("/v1/passwords", json={"code": code, "password": PASSWORD})
    assert strong.status_code == 204


async def test_the_rules_are_there_to_be_seen(world: World) -> None:
    answer = await world.http.get("/v1/passwords")
    assert answer.json() == {"length": 10, "classes": 3}


async def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(world: World) -> None:
    me = await somebody(world)
    here, there = await me.tokens(), await me.tokens()
    wrong = await _change(me, here["access_token"], "Not-the-one 1", OTHER)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "password_wrong")
    assert (await _change(me, here["access_token"], PASSWORD, OTHER)).status_code == 204
    assert (await me.me(here["access_token"]), await me.me(there["access_token"])) == (200, 401)
    assert (await me.refresh(there["refresh_token"])).status_code == 401
    assert (await me.sign_in(PASSWORD)).status_code == 401
    assert (await me.sign_in(OTHER)).status_code == 201
    assert ("write", "failed", "change_password") in await noted(world, me.id)
    assert ("write", "ok", "change_password") in await noted(world, me.id)


async def test_a_stolen_session_cannot_guess_the_password_for_long(world: World) -> None:
    me = await somebody(world)
    token = (await me.tokens())["access_token"]
    codes = [(await _change(me, token, f"Guess-no {n}", OTHER)).status_code for n in range(7)]
    assert codes == [422] * 5 + [429] * 2
    # and keeps nobody from changing it in another session
    other = (await me.tokens())["access_token"]
    assert (await _change(me, other, PASSWORD, OTHER)).status_code == 204


async def test_whoever_signs_in_elsewhere_has_no_password_to_change(world: World) -> None:
    me = Somebody(id=await known(world), http=world.http)
    token = world.tokens.issue(me.id, world.clock(), WEEK)
    answer = await _change(me, token, PASSWORD, OTHER)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_password")


async def test_somebody_who_is_shut_out_is_out_at_once_and_cannot_come_back(world: World) -> None:
    me = await somebody(world)
    mine = await me.tokens()
    elsewhere = world.tokens.issue(me.id, world.clock(), WEEK)
    shut = await world.put("p-office", f"/v1/accounts/{me.id}", {"disabled": True})
    assert shut.json() == {"person_id": me.id, "disabled": True}
    assert [await me.me(mine["access_token"]), await me.me(elsewhere)] == [401, 401]
    assert (await me.refresh(mine["refresh_token"])).status_code == 401
    refused, wrong = await me.sign_in(), await me.sign_in("Not-the-one 1")
    assert refused.status_code == 401
    assert refused.json() == wrong.json(), "it is not said why"
    assert (await world.put("p-office", f"/v1/accounts/{me.id}", {"disabled": False})).status_code == 200
    assert (await me.sign_in()).status_code == 201
    assert await me.me(mine["access_token"]) == 401, "what was ended stays ended"


async def test_only_the_office_and_the_leaders_shut_somebody_out_and_nobody_themselves(world: World) -> None:
    person_id = await known(world)
    path, body = f"/v1/accounts/{person_id}", {"disabled": True}
    assert (await world.put("p-team1a", path, body)).status_code == 403
    assert (await world.put("p-office", "/v1/accounts/p-office", body)).json()["code"] == "own_account"
    assert (await world.put("p-office", "/v1/accounts/p-nobody", body)).status_code == 404


async def test_an_invitation_names_somebody_who_is_there_and_no_login_twice(world: World) -> None:
    one, other = await known(world), await known(world)
    assert await _invite(world, one, f"  Zhang-{one}  ") == f"zhang-{one}"
    with pytest.raises(Exception, match="login_taken"):
        await _invite(world, other, f"ＺＨＡＮＧ-{one}")
    with pytest.raises(Exception, match="person_unknown"):
        await _invite(world, "p-nobody", None)


async def _invite(world: World, person_id: str, wanted: str | None) -> str:
    accounts = PostgresAccounts(world.database)
    async with world.database.transaction() as connection:
        login, _ = await accounts.invite(connection, person_id, wanted, world.clock(), WEEK)
    return login


async def _change(me: Somebody, token: str, current: str, password: str):  # type: ignore[no-untyped-def]
    body = {"current": current, "password": password}
    return await me.http.put("/v1/me/password", json=body, headers=bearer(token))
