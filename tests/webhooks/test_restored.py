"""An older backup is restored: consumers of the feed are told, and no message id ever means another event."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.postgres.events import PostgresEvents
from deploy.devstack import Devstack
from tests import harness, launched, stack
from tests.harness import Json, World
from tests.outgoing.receiver import Receiver, receiving
from tests.webhooks import receiving as hooks
from tests.webhooks.receiving import OFFICE, check_signatures, subject_of, subscribed, told
from tests.webhooks.test_killed import HERE, worker


@asynccontextmanager
async def _working(of: Devstack) -> AsyncIterator[World]:
    queue = of.settings()["BIHUAN_TASK_QUEUE"]
    async with harness.world(of, working=False, BIHUAN_TASK_QUEUE=queue, **HERE) as world, worker(of):
        yield world


async def _page(world: World, cursor: str) -> Json:
    answer = await world.get(OFFICE, "/v1/events", cursor=cursor)
    assert answer.status_code == 200, answer.text
    page: Json = answer.json()
    return page


@dataclass
class _Lost:
    """A system that is lost after its backup: the backup, a cursor of then, and what came later, of one case."""

    file: Path
    keys: Path
    hook: Json
    kept: str
    beyond: str
    number: str
    steps: list[str]


async def _lost(folder: Path, there: Receiver) -> _Lost:
    file, keys = folder.with_name("a.backup"), folder.with_name("keys.json")
    async with stack.started() as lost, _working(lost) as world, subscribed(world, there.url()) as hook:
        await told(world, 1, 2)
        await hooks.until(world, hook, pending=0, cursor="2")
        kept = (await _page(world, "0"))["next"]
        backed_up = await launched.command("backup", str(file), "--data", str(lost.data))
        assert backed_up[0] == 0, backed_up
        shutil.copy(lost.data / "secrets.json", keys)
        ((number, steps),) = (await told(world, 1, 3)).items()
        await there.until(2 + 3)
        beyond = (await _page(world, "0"))["next"]
    return _Lost(file=file, keys=keys, hook=hook, kept=kept, beyond=beyond, number=number, steps=steps)


async def test_a_restored_backup_gives_no_position_and_no_message_id_a_second_meaning() -> None:
    with stack.data_folder() as folder:
        async with receiving() as there:
            lost, data = await _lost(folder, there), folder.with_name("restored")
            words = ("restore", str(lost.file), "--data", str(data), "--sealing-keys", str(lost.keys))
            restored = await launched.command(*words)
            assert restored[0] == 0, restored
            async with Devstack(data=data, ports=stack.ports(), say=print) as found, _working(found) as world:
                await _check(world, lost, there)


async def _check(world: World, lost: _Lost, there: Receiver) -> None:
    assert list(await told(world, 1, 2)) == [lost.number], "the number is given out again, for another case"
    refused = await world.get(OFFICE, "/v1/events", cursor=lost.beyond)
    assert (refused.status_code, refused.json()["code"]) == (409, "cursor_of_another_history")
    again = await _page(world, refused.json()["continue_from"])
    assert again == await _page(world, lost.kept)
    ids = [one["id"] for one in again["items"] if one["subject"] == lost.number]
    assert len(ids) == 2
    assert not set(ids) & set(lost.steps)
    came = (await there.until(5 + 2))[5:]
    assert [one.headers["webhook-id"] for one in came if subject_of(one) == lost.number] == ids
    check_signatures(lost.hook, there.requests)
    assert (await _page(world, again["next"]))["items"] == []
    assert len((await PostgresEvents(world.database).feed()).histories) == 2
