"""Rotation of keys: old and new are read meanwhile, the old one may go afterwards, and a lost one is said."""

import asyncio
import re

import pytest

from adapters.postgres import migrate, sealed_columns
from adapters.postgres.contact_rows import insert, rows
from adapters.postgres.contacts import PostgresContacts
from adapters.sealing import Sealer, Unopened
from deploy.devstack import Devstack
from deploy.sample.contacts import contacts
from deploy.sample.district import DISTRICT
from domain.contacts import Owner
from services import bootstrap, keys
from services.keys import Ring
from tests import harness, launched
from tests.harness import World

WHO = Owner(person_id="p-ec06-head")


async def _load(world: World, sealer: Sealer) -> None:
    async with world.database.transaction() as connection:
        await connection.execute("DELETE FROM contact_numbers")
        await insert(connection, rows(contacts(DISTRICT), sealer), sealer)


async def test_everything_is_sealed_anew_while_it_is_read_and_the_old_key_may_go(apart: World) -> None:
    old = keys.made("old")
    new = Ring(keys=keys.made("new").keys | old.keys)
    await _load(apart, old.sealer())
    before = await PostgresContacts(apart.database, old.sealer()).mobile(WHO)
    reading = PostgresContacts(apart.database, new.sealer())

    async def read() -> set[str | None]:
        return {await reading.mobile(WHO) for _ in range(40)}

    seen, first, second = await asyncio.gather(
        read(),
        sealed_columns.reseal(apart.database, new.sealer()),
        sealed_columns.reseal(apart.database, new.sealer()),
    )
    assert seen == {before}
    people = len(DISTRICT["people"])
    assert first.done + second.done == people
    assert await sealed_columns.in_use(apart.database) == {"new": people}
    assert (await sealed_columns.reseal(apart.database, new.sealer())).done == 0
    only_new = PostgresContacts(apart.database, Ring(keys={"new": new.keys["new"]}).sealer())
    assert await only_new.mobile(WHO) == before
    with pytest.raises(Unopened):
        await PostgresContacts(apart.database, old.sealer()).mobile(WHO)


async def test_a_broken_off_run_goes_on_and_the_index_follows_the_key(
    apart: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = keys.made("old")
    new = Ring(keys=keys.made("new").keys | old.keys)
    await _load(apart, old.sealer())
    monkeypatch.setattr(sealed_columns, "BATCH", 4)
    column = next(one for one in sealed_columns.COLUMNS if one.table == "contact_numbers")
    from collections import Counter

    _last, done = await sealed_columns._batch(apart.database, new.sealer(), column, "", Counter())
    assert done == 4
    assert (await sealed_columns.reseal(apart.database, new.sealer())).done == len(DISTRICT["people"]) - 4
    async with apart.database.connection() as connection:
        index = await connection.fetchval("SELECT mobile_index FROM contact_numbers WHERE id = $1", WHO.id)
    number = await PostgresContacts(apart.database, new.sealer()).mobile(WHO)
    assert number is not None
    assert index == new.sealer().blind(number, place=column.name)


async def test_a_lost_key_is_said_and_what_it_sealed_is_left_as_it_is(apart: World) -> None:
    old, new = keys.made("lost"), keys.made("new")
    await _load(apart, old.sealer())
    done = await sealed_columns.reseal(apart.database, new.sealer())
    assert (done.done, done.unopened) == (0, {"lost": len(DISTRICT["people"])})
    assert await sealed_columns.reseal(apart.database, old.sealer()) == sealed_columns.Resealed(
        done=0, unopened={}
    )


async def test_the_api_says_that_a_key_is_missing_and_no_more(apart_stack: Devstack) -> None:
    async with harness.world(apart_stack) as whole:
        await _load(whole, bootstrap.sealer(whole.settings))
    async with harness.world(apart_stack, BIHUAN_SEALING_KEYS=keys.made("other").text()) as world:
        response = await world.get("p-office", "/v1/people/p-office/contact")
        assert (response.status_code, response.json()["code"]) == (409, "key_missing")


def test_every_column_of_sealed_values_is_known() -> None:
    schema = migrate.SCHEMA.read_text(encoding="utf-8")
    tables = re.findall(r"CREATE TABLE public\.(\w+) \((.*?)\n\)", schema, re.DOTALL)
    found = {
        f"{table}.{column}"
        for table, body in tables
        for column in re.findall(r"(\w*mobile|\w*secret) bytea", body)
    }
    assert found == {one.name for one in sealed_columns.COLUMNS}


async def test_the_command_adds_a_key_and_waits_for_a_restart_before_it_seals(stack: Devstack) -> None:
    data = ("--data", str(stack.data))
    kept = (stack.data / "secrets.json").read_text()
    try:
        code, out, _ = await launched.command("keys", "rotate", *data)
        assert code == 0
        assert "已加入新密钥" in out
        code, out, _ = await launched.command("keys", "list", *data)
        assert [line.split("　")[1] for line in out.splitlines()][:2] == ["现用", "旧"]
        code, _, err = await launched.command("keys", "forget", out.split("　")[0], *data)
        assert code == 1
        assert "不是旧密钥" in err
    finally:
        (stack.data / "secrets.json").write_text(kept)
