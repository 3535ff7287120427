"""``bihuan audit`` against a forger who owns the database and the files."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import forgery, launched
from tests.forgery import Forger
from tests.launched import Launched

CASE = "YH-2026-000002"

OF_A_CASE = {
    "stage": "CASE stage WHEN 'closed' THEN 'reported' ELSE 'closed' END",
    "is_open": "NOT is_open",
    "level": "level || 'x'",
    "unit_id": "'bureau'",
    "place": "'别处'",
    "place_key": "'别处'",
    "category": "category || 'x'",
    "item": "coalesce(item, '') || 'x'",
    "description": "'没有这回事'",
    "waiting_post": "CASE WHEN is_open THEN NULL ELSE 'office' END",
    "due_at": "coalesce(due_at, now()) + interval '1 year'",
    "overdue": "NOT overdue",
    "reported_at": "reported_at - interval '1 day'",
    "closed_at": "now() + interval '1 day'",
    "colour": "'red'",
    "extension_pending": "NOT extension_pending",
    "told_posts": "array['office']",
    "next_step_at": "now() + interval '9 days'",
}
OF_A_CHANGE = {
    "action": "'dismiss'",
    "at": "at - interval '3 days'",
    "request_id": "'another'",
    "hash": "'00'",
}


async def _bihuan(sampled: Launched, *words: str) -> tuple[int, str, str]:
    return await launched.command(*words, "--data", str(sampled.data))


@pytest.fixture
async def forger(sampled: Launched) -> AsyncIterator[Forger]:
    async with forgery.at_work(sampled) as connection:
        yield connection


async def _export(sampled: Launched) -> list[str]:
    code, exported, _ = await _bihuan(sampled, "audit", "export")
    assert code == 0
    return exported.splitlines()


def _cases(lines: list[str]) -> tuple[int, int]:
    """Where the first case stands, and where the closing line of the cases."""
    first = next(place for place, line in enumerate(lines) if line.startswith('{"case_id"'))
    return first, next(place for place, line in enumerate(lines) if line.startswith('{"cases"'))


def _without(lines: list[str], place: int) -> list[str]:
    return [*lines[:place], *lines[place + 1 :]]


async def _verdict(file: Path, lines: list[str]) -> tuple[int, str]:
    text = "".join(f"{line}\n" for line in lines)
    await asyncio.to_thread(file.write_text, text, encoding="utf-8")
    code, out, err = await launched.command("audit", "verify", str(file))
    assert err == ""
    return code, out


async def _columns(connection: Forger, table: str) -> set[str]:
    return {
        row["column_name"]
        for row in await connection.fetch(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = $1",
            table,
        )
    }


async def test_the_record_of_the_sample_is_sound_from_the_database_and_from_an_export(
    sampled: Launched, tmp_path: Path
) -> None:
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 0, out
    code, out = await _verdict(tmp_path / "record.jsonl", await _export(sampled))
    assert code == 0, out


async def test_an_edited_export_is_found_offline_and_the_entry_named(
    sampled: Launched, tmp_path: Path
) -> None:
    lines = await _export(sampled)
    first, _closing = _cases(lines)
    chain = json.loads(lines[first])
    chain["entries"][2]["note"] = "没有这回事"
    lines[first] = json.dumps(chain, ensure_ascii=False)
    code, out = await _verdict(tmp_path / "record.jsonl", lines)
    assert code == 1
    assert f"{chain['case_id']} 第 3 条" in out


async def test_an_export_that_lost_anything_is_refused_as_incomplete(
    sampled: Launched, tmp_path: Path
) -> None:
    lines = await _export(sampled)
    first, closing = _cases(lines)
    lost = {
        "all of it": [],
        "its end": lines[:-1],
        "the end of its cases": _without(lines, closing),
        "its first case": _without(lines, first),
        "a case in between": _without(lines, first + 2),
        "its last case": _without(lines, closing - 1),
        "everything but the ends": [lines[0], lines[closing], lines[-1]],
        "the place of the end": [*lines[:-2], lines[-1], lines[-2]],
    }
    for what, kept in lost.items():
        code, out = await _verdict(tmp_path / "record.jsonl", kept)
        assert code == 1, what
        assert "导出不完整" in out, what
    _, out = await _verdict(tmp_path / "record.jsonl", _without(lines, first + 1))
    assert f"缺少 {CASE}\n" in out


async def test_an_export_of_the_first_format_is_read_as_before(sampled: Launched, tmp_path: Path) -> None:
    lines = await _export(sampled)
    first, closing = _cases(lines)
    code, out = await _verdict(tmp_path / "record.jsonl", lines[first : closing + 1])
    assert code == 0, out
    code, out = await _verdict(tmp_path / "record.jsonl", lines[first:closing])
    assert code == 1
    code, out = await _verdict(tmp_path / "record.jsonl", [*lines[first : closing + 1], lines[closing]])
    assert code == 1
    assert "导出不完整" in out


async def test_an_export_with_an_older_state_of_a_case_is_refused(sampled: Launched, tmp_path: Path) -> None:
    lines = await _export(sampled)
    first, _closing = _cases(lines)
    chain = json.loads(lines[first])
    entries = chain["entries"][:-1]
    older = chain | {"entries": entries, "seq": len(entries), "head": entries[-1]["hash"]}
    lines[first] = json.dumps(older, ensure_ascii=False)
    code, out = await _verdict(tmp_path / "record.jsonl", lines)
    assert code == 1
    assert "导出不完整" in out


async def test_an_entry_that_was_edited_is_found_and_named(sampled: Launched, forger: Forger) -> None:
    edit = (
        "UPDATE changes SET entry = jsonb_set(entry, '{reason}', '\"改过\"') WHERE case_id = $1 AND seq = 1"
    )
    await forger.execute(edit, CASE)
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    assert f"{CASE} 第 1 条" in out


async def test_an_entry_that_cannot_be_read_is_named(sampled: Launched, forger: Forger) -> None:
    await forger.execute("UPDATE changes SET entry = '{}' WHERE case_id = $1 AND seq = 2", CASE)
    code, out, err = await _bihuan(sampled, "audit", "verify")
    assert (code, err) == (1, "")
    assert f"{CASE} 第 2 条" in out


async def test_every_column_beside_an_entry_is_compared_with_it(sampled: Launched, forger: Forger) -> None:
    assert await _columns(forger, "changes") == {"case_id", "seq", "entry", *OF_A_CHANGE}
    edits = ", ".join(f"{name} = {value}" for name, value in OF_A_CHANGE.items())
    await forger.execute(f"UPDATE changes SET {edits} WHERE case_id = $1 AND seq = 1", CASE)  # noqa: S608
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    [line] = [line for line in out.splitlines() if line.startswith(f"{CASE} 第 1 条")]
    assert all(name in line for name in OF_A_CHANGE)


async def test_every_column_of_a_case_is_compared_with_its_record(sampled: Launched, forger: Forger) -> None:
    apart = {"id", "seq", "head", "snapshot", "start_wanted_at"}
    assert await _columns(forger, "hazards") == apart | OF_A_CASE.keys()
    edits = ", ".join(f"{name} = {value}" for name, value in OF_A_CASE.items())
    await forger.execute(f"UPDATE hazards SET {edits} WHERE id = $1", CASE)  # noqa: S608
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    [line] = [line for line in out.splitlines() if line.startswith(CASE)]
    assert all(name in line for name in OF_A_CASE)


async def test_a_snapshot_that_the_record_does_not_give_is_named(sampled: Launched, forger: Forger) -> None:
    edit = "UPDATE hazards SET snapshot = snapshot || $2::jsonb WHERE id = $1"
    await forger.execute(edit, CASE, json.dumps({"description": "没有这回事", "suspended": True}))
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    [line] = [line for line in out.splitlines() if line.startswith(CASE)]
    assert "快照" in line
    assert "description" in line
    assert "suspended" in line


async def test_a_snapshot_that_cannot_be_read_is_named(sampled: Launched, forger: Forger) -> None:
    await forger.execute("UPDATE hazards SET snapshot = '{}' WHERE id = $1", CASE)
    code, out, err = await _bihuan(sampled, "audit", "verify")
    assert (code, err) == (1, "")
    assert f"{CASE}：案卷快照读不出来" in out


async def test_a_case_that_was_removed_wholly_is_missed_by_its_number(
    sampled: Launched, forger: Forger, tmp_path: Path
) -> None:
    last = await forger.fetchval("SELECT max(id) FROM hazards")
    for case_id in (CASE, last):
        for table in ("case_files", "changes"):
            await forger.execute(f"DELETE FROM {table} WHERE case_id = $1", case_id)  # noqa: S608
        await forger.execute("DELETE FROM hazards WHERE id = $1", case_id)
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    assert f"案卷缺失：{CASE}\n" in out
    assert f"案卷缺失：{last}\n" in out
    code, out = await _verdict(tmp_path / "record.jsonl", await _export(sampled))
    assert code == 1
    assert f"缺少 {CASE}、{last}\n" in out


async def test_a_case_that_lost_its_whole_record_is_named(sampled: Launched, forger: Forger) -> None:
    await forger.execute("DELETE FROM changes WHERE case_id = $1", CASE)
    await forger.execute("UPDATE hazards SET seq = 0, head = repeat('0', 64) WHERE id = $1", CASE)
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    assert f"{CASE} 第 1 条" in out


async def test_a_missing_export_is_one_sentence(tmp_path: Path) -> None:
    code, _, err = await launched.command("audit", "verify", str(tmp_path / "none"))
    assert code == 1
    assert len(err.splitlines()) == 1
