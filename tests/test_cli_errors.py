"""Whatever is away or wrong around the command line: one Chinese sentence and exit code 1, never a traceback."""

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import folder, postgres
from deploy.loopback import free_ports
from tests import launched, stack
from tests.launched import Launched


@pytest.fixture
def stopped() -> Iterator[Path]:
    """The data folder of a stack that does not run."""
    with stack.data_folder() as data:
        data.mkdir()
        folder.ensure_secrets(data)
        yield data


def _one_sentence(code: int, out: str, err: str) -> str:
    assert (code, out) == (1, "")
    [line] = err.splitlines()
    assert re.search(r"[\u4e00-\u9fff].*。$", line)
    return line


@pytest.mark.parametrize("command", ["verify", "export"])
async def test_the_record_of_a_stopped_stack_is_one_sentence(stopped: Path, command: str) -> None:
    ended = await launched.command("audit", command, "--data", str(stopped))
    assert "PostgreSQL" in _one_sentence(*ended)


async def test_a_replay_without_the_engine_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    [port] = free_ports(1)
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgresql://bihuan_app@127.0.0.1:1/bihuan")
    monkeypatch.setenv("BIHUAN_TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
    assert "Temporal" in _one_sentence(*await launched.command("replay"))


@pytest.mark.parametrize(
    "content", ["{bad", "[]", "{}", '{"events": []}', '{"events": [1]}', '{"events": [{"x": 1}]}', "\udcff"]
)
async def test_a_replay_names_the_file_that_is_no_history(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.json").write_text(content, encoding="utf-8", errors="surrogateescape")
    assert "odd.json" in _one_sentence(*await launched.command("replay", str(tmp_path)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIHUAN_API_PORT", "abc-secret"),
        ("BIHUAN_LOG_LEVEL", "abc-secret"),
        ("BIHUAN_ENVIRONMENT", "production"),
    ],
)
@pytest.mark.parametrize("words", [("openapi",), ("audit", "verify")])
async def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    line = _one_sentence(*await launched.command(*words))
    assert value not in line
    assert ("BIHUAN_TOKEN_SECRET" if value == "production" else name) in line


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (("audit", "verify"), "BIHUAN_DATABASE_URL", "nonsense-secret"),
        (("audit", "verify"), "BIHUAN_DATABASE_URL", "postgresql://x:secret@127.0.0.1:port/x"),
        (("audit", "verify"), "BIHUAN_OBJECTS_URL", "ftp://secret"),
        (("replay",), "BIHUAN_TEMPORAL_ADDRESS", "secret:port"),
    ],
)
async def test_an_address_of_another_form_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], name: str, value: str
) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgresql://bihuan_app@127.0.0.1:1/bihuan")
    monkeypatch.setenv(name, value)
    line = _one_sentence(*await launched.command(*words))
    assert name in line
    assert "secret" not in line


async def test_a_password_that_is_not_accepted_is_one_sentence(
    sampled: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url(sampled.data, postgres.APP, "not-the-password")
    monkeypatch.setenv("BIHUAN_DATABASE_URL", url)
    line = _one_sentence(*await launched.command("audit", "verify"))
    assert "BIHUAN_DATABASE_URL" in line


@pytest.mark.parametrize("command", ["verify", "export"])
async def test_a_reader_who_leaves_is_no_error_to_speak_of(sampled: Launched, command: str) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    process = await asyncio.create_subprocess_exec(
        *(launched.BIHUAN, "audit", command, "--data", str(sampled.data)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=theirs,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(theirs)
    _, err = await process.communicate()
    assert (process.returncode, err) == (141, b"")
