"""The command line as a user meets it, over a stack with the sample district."""

import json
from pathlib import Path

import asyncpg

from deploy import folder, postgres
from services.cli import diagram
from tests import launched
from tests.launched import Launched

DOCS = Path(__file__).parent.parent / "docs"


async def _bihuan(sampled: Launched, *words: str) -> tuple[int, str, str]:
    return await launched.command(*words, "--data", str(sampled.data))


async def _owner(sampled: Launched) -> "asyncpg.Connection[asyncpg.Record]":
    secrets = folder.secrets(sampled.data)
    return await asyncpg.connect(postgres.url(sampled.data, postgres.OWNER, secrets.owner))


async def test_the_sample_shows_hazards_at_different_stages(sampled: Launched) -> None:
    owner = await _owner(sampled)
    try:
        stages = {row["stage"] for row in await owner.fetch("SELECT stage FROM hazards")}
    finally:
        await owner.close()
    wanted = {"reported", "assigned", "rectifying", "verifying", "awaiting_closure", "closed", "dismissed"}
    assert wanted <= stages


async def test_a_token_is_one_line_that_the_api_takes(sampled: Launched) -> None:
    code, out, _ = await _bihuan(sampled, "token", "office")
    assert code == 0
    assert len(out.split(".")) == 3
    assert len(out.splitlines()) == 1


async def test_a_token_for_an_unknown_post_names_the_posts(sampled: Launched) -> None:
    code, out, err = await _bihuan(sampled, "token", "nobody")
    assert (code, out) == (1, "")
    assert "ec01-safety" in err


async def test_the_record_of_the_sample_is_sound_from_the_database_and_from_an_export(
    sampled: Launched, tmp_path: Path
) -> None:
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 0, out
    code, exported, _ = await _bihuan(sampled, "audit", "export")
    assert code == 0
    file = tmp_path / "record.jsonl"
    file.write_text(exported, encoding="utf-8")
    code, out, _ = await launched.command("audit", "verify", str(file))
    assert code == 0, out


async def test_an_edited_export_is_found_offline_and_the_entry_named(
    sampled: Launched, tmp_path: Path
) -> None:
    _, exported, _ = await _bihuan(sampled, "audit", "export")
    lines = exported.splitlines()
    chain = json.loads(lines[0])
    chain["entries"][2]["note"] = "没有这回事"
    file = tmp_path / "record.jsonl"
    file.write_text("\n".join([json.dumps(chain, ensure_ascii=False), *lines[1:]]), encoding="utf-8")
    code, out, _ = await launched.command("audit", "verify", str(file))
    assert code == 1
    assert f"{chain['case_id']} 第 3 条" in out


async def test_a_row_edited_by_the_databases_owner_is_found_and_named(sampled: Launched) -> None:
    owner = await _owner(sampled)
    try:
        edit = "UPDATE changes SET entry = jsonb_set(entry, '{reason}', $1) WHERE case_id = $2 AND seq = 1"
        case_id = await owner.fetchval("SELECT min(id) FROM hazards")
        await owner.execute(edit, '"改过"', case_id)
        code, out, _ = await _bihuan(sampled, "audit", "verify")
        await owner.execute(edit, "null", case_id)
    finally:
        await owner.close()
    assert code == 1
    assert f"{case_id} 第 1 条" in out
    assert (await _bihuan(sampled, "audit", "verify"))[0] == 0


async def test_a_stored_file_that_was_changed_is_reported(sampled: Launched) -> None:
    stored = min(file for file in (sampled.data / "objects" / "original").rglob("*") if file.is_file())
    before = stored.read_bytes()
    stored.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    stored.write_bytes(before)
    assert code == 1
    assert f"f-{stored.name[:32]}" in out


async def test_the_running_histories_replay_on_todays_code(sampled: Launched) -> None:
    code, out, _ = await _bihuan(sampled, "replay")
    assert code == 0, out


async def test_a_folder_without_histories_is_no_proof(tmp_path: Path) -> None:
    code, _, _ = await launched.command("replay", str(tmp_path))
    assert code == 1


async def test_a_missing_export_is_one_sentence(tmp_path: Path) -> None:
    code, _, err = await launched.command("audit", "verify", str(tmp_path / "none"))
    assert code == 1
    assert len(err.splitlines()) == 1


def test_the_diagram_on_file_is_the_table_that_decides() -> None:
    assert (DOCS / "hazard-loop.md").read_text(encoding="utf-8") == diagram.text()
