"""``bihuan status`` over a running stack: under the table, what an administrator should know."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from deploy import folder, postgres
from tests import launched
from tests.launched import Launched


@pytest.fixture
async def owner(sampled: Launched) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    secrets = folder.secrets(sampled.data)
    connection = await asyncpg.connect(postgres.url(sampled.data, postgres.OWNER, secrets.owner))
    try:
        yield connection
    finally:
        await connection.close()


async def _warned(data: Path) -> tuple[int, list[str]]:
    """The exit code, and the lines of the warnings, which stand under the table."""
    code, out, err = await launched.command("status", "--data", str(data))
    table, line, rest = out.rpartition("\n└")
    assert line, out + err
    assert "提醒：" not in table
    return code, [warning for warning in rest.splitlines()[1:] if warning]


async def test_a_warning_is_a_line_under_the_table_and_no_failure(
    sampled: Launched, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    """Bar M3."""
    title = "空缺的安全员[红]" + "岗" * 100
    await owner.execute(
        "INSERT INTO posts (id, title, role, unit_id) VALUES ('empty', $1, 'unit_staff', 'ec01')", title
    )
    try:
        code, warned = await _warned(sampled.data)
    finally:
        await owner.execute("DELETE FROM posts WHERE id = 'empty'")
    assert code == 0
    assert f"提醒：岗位“{title}”无人在任，通知无人可收" in warned
    assert all(line.startswith("提醒：") for line in warned)
    assert not any(title in line for line in (await _warned(sampled.data))[1])


async def test_a_stack_that_does_not_run_warns_of_nothing(tmp_path: Path) -> None:
    assert await _warned(tmp_path / "never") == (1, [])
