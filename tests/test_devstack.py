"""``bihuan up`` as its user meets it: the real command, the real servers, real kills."""

import os
import signal
import socket
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import psutil
import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from deploy import engine, folder, postgres
from deploy.devstack import Devstack, Ports
from tests import launched
from tests.launched import Launched
from tests.stack import data_folder, eventually
from workflows import search_attributes

PARTS = ("postgres", "temporal", "worker", "api")


@pytest.fixture(scope="module")
async def up() -> AsyncIterator[Launched]:
    with data_folder() as data:
        async with launched.running(data) as one:
            yield one


def _address(data: Path, role: str = postgres.OWNER) -> str:
    secrets = folder.secrets(data)
    return postgres.url(data, role, secrets.owner if role == postgres.OWNER else secrets.app)


async def _ask(data: Path, sql: str, role: str = postgres.OWNER) -> object:
    connection = await asyncpg.connect(_address(data, role))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def _refused(*words: str) -> str:
    code, out, err = await launched.command("up", "--no-sample", *words)
    assert code == 1, out
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1, err
    return err


async def _nothing_left(data: Path) -> bool:
    return not launched.left_behind(data)


async def test_everything_is_ready_within_fifteen_seconds_of_a_machine_of_its_own(up: Launched) -> None:
    # where others wait for the processors too, each second gives it less than a second's work
    crowded = max(1.0, max(os.getloadavg()) / (os.cpu_count() or 1))
    assert up.seconds_to_ready < 15 * crowded
    with urllib.request.urlopen(f"http://127.0.0.1:{up.ports.api}/readyz", timeout=5) as answer:  # noqa: ASYNC210
        assert answer.status == 200


async def test_the_screen_says_where_to_look(up: Launched) -> None:
    for _ in search_attributes.saved_views("示例区"):
        await up.line("workflows?query=WorkflowType")
    screen = "".join(up.screen)
    assert f"http://127.0.0.1:{up.ports.api}/docs" in screen
    assert f"http://127.0.0.1:{up.ports.ui}/namespaces/default/workflows" in screen


async def test_status_says_that_all_is_well(up: Launched) -> None:
    code, out, err = await launched.command("status", "--data", str(up.data))
    assert code == 0, out + err
    assert out.count("正常") == len(PARTS)


async def test_status_of_a_folder_where_nothing_runs_is_not_well(tmp_path: Path) -> None:
    code, out, err = await launched.command("status", "--data", str(tmp_path / "never"))
    assert code == 1
    assert out.count("未运行") == len(PARTS), out + err
    assert not (tmp_path / "never").exists()


async def test_a_second_stack_on_the_same_folder_is_refused(up: Launched) -> None:
    assert "正被另一个 bihuan up 使用" in await _refused("--data", str(up.data))


@pytest.mark.parametrize("option", ["--api-port", "--temporal-port", "--ui-port"])
async def test_a_port_already_taken_is_named_with_its_option(option: str, tmp_path: Path) -> None:
    free = Ports.free()
    ports = {"--api-port": free.api, "--temporal-port": free.temporal, "--ui-port": free.ui}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports[option] = taken.getsockname()[1]
        words = [word for name, port in ports.items() for word in (name, str(port))]
        said = await _refused("--data", str(tmp_path / "data"), *words)
    assert str(ports[option]) in said
    assert option in said


async def test_one_port_given_twice_is_refused(tmp_path: Path) -> None:
    words = ("--data", str(tmp_path / "data"), "--api-port", "7001", "--ui-port", "7001")
    assert "被指定了两次" in await _refused(*words)


async def test_a_file_in_place_of_the_data_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert str(tmp_path / "data") in await _refused("--data", str(tmp_path / "data"))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place where even root cannot write")
async def test_a_data_folder_that_cannot_be_made_is_refused() -> None:
    assert "--data" in await _refused("--data", "/proc/bihuan")


def _own_folder(data: Path) -> None:
    with folder.claimed(data):
        folder.ensure_secrets(data)


async def _refused_over(data: Path) -> str:
    ports = Ports.free()
    words = ["--api-port", str(ports.api), "--temporal-port", str(ports.temporal), "--ui-port", str(ports.ui)]
    said = await _refused("--data", str(data), *words)
    assert await eventually(lambda: _nothing_left(data))
    return said


async def test_a_database_of_another_major_version_is_refused() -> None:
    with data_folder() as data:
        _own_folder(data)
        (data / "postgres").mkdir()
        (data / "postgres" / "PG_VERSION").write_text("16\n")
        assert "PostgreSQL 16" in await _refused_over(data)


@pytest.mark.parametrize("part", PARTS)
async def test_a_killed_part_comes_back(up: Launched, part: str) -> None:
    before = up.pid(part)
    assert before is not None
    os.kill(before, signal.SIGKILL)
    await up.line("意外退出")

    async def all_well() -> bool:
        if up.pid(part) in {before, None}:
            return False
        code, _, _ = await launched.command("status", "--data", str(up.data))
        return code == 0

    assert await eventually(all_well)


async def test_what_was_written_survives_every_way_of_ending() -> None:
    with data_folder() as data:
        async with launched.running(data) as first:
            await _ask(data, "CREATE TABLE kept AS SELECT 42 AS answer")
            client = await Client.connect(f"127.0.0.1:{first.ports.temporal}")
            await client.start_workflow("Kept", id="kept", task_queue="nobody-listens")
            children = psutil.Process(first.process.pid).children(recursive=True)
            assert await first.end(signal.SIGINT) == 0
            assert "Traceback" not in "".join(first.screen)
            assert launched.left_behind(data) == []
            assert not any(child.is_running() for child in children)

        # a power failure may cut the file short
        (data / "postgres" / "postmaster.pid").write_text("12")
        async with launched.running(data) as second:
            assert await _ask(data, "SELECT answer FROM kept") == 42
            await _ask(data, "INSERT INTO kept VALUES (43)")
            await second.end(signal.SIGKILL)
            assert await eventually(lambda: _nothing_left(data))

        # after a restart of the machine the number may be somebody else's
        stale = (
            f"{os.getpid()}\n{data / 'postgres'}\n1700000000\n5432\n{data / 'run'}\n\n  5432001  0\nready\n"
        )
        (data / "postgres" / "postmaster.pid").write_text(stale)
        async with launched.running(data) as third:
            assert await _ask(data, "SELECT max(answer) FROM kept") == 43
            client = await Client.connect(f"127.0.0.1:{third.ports.temporal}")
            assert (await client.get_workflow_handle("kept").describe()).workflow_type == "Kept"


async def test_the_application_is_no_superuser_and_nothing_listens_for_the_database(stack: Devstack) -> None:
    attributes = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert await _ask(stack.data, attributes, postgres.APP) is False
    assert await _ask(stack.data, "SHOW listen_addresses") == ""
    assert await _ask(stack.data, "SHOW data_checksums") == "on"


async def test_nobody_enters_the_database_without_a_password(stack: Devstack) -> None:
    for role in ("postgres", postgres.OWNER, postgres.APP):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.url(stack.data, role, "wrong"))


def test_secrets_are_for_their_owner_only(stack: Devstack) -> None:
    assert (stack.data / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert postgres.socket_folder(stack.data).stat().st_mode & 0o777 == 0o700
    assert "secret" not in repr(stack.secrets).replace("Secrets", "")


def test_a_data_folder_too_deep_for_a_socket_gets_one_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    elsewhere = postgres.socket_folder(deep)
    assert not elsewhere.is_relative_to(deep)
    assert elsewhere == postgres.socket_folder(deep)
    assert elsewhere != postgres.socket_folder(tmp_path / ("d" * 60) / ("f" * 60))
    assert len(str(elsewhere / ".s.PGSQL.5432")) <= postgres.SOCKET_LIMIT


@pytest.mark.parametrize("view", search_attributes.saved_views("示例区"), ids=lambda view: view[0])
async def test_every_saved_view_is_a_filter_that_the_engine_understands(
    stack: Devstack, view: tuple[str, str]
) -> None:
    client = await Client.connect(stack.temporal_address)
    assert (await client.count_workflows(view[1])).count >= 0


async def test_histories_are_kept_for_ninety_days(stack: Devstack) -> None:
    client = await Client.connect(stack.temporal_address)
    asked = DescribeNamespaceRequest(namespace=engine.NAMESPACE)
    namespace = await client.workflow_service.describe_namespace(asked)
    assert namespace.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=90)
