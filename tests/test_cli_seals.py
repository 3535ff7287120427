"""``bihuan audit`` on the access log and the daily seals, against a forger who owns the database."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.postgres import codecs
from adapters.postgres.access_log import AccessLog
from adapters.postgres.database import Database
from adapters.postgres.seals import PostgresSeals
from adapters.signing import Signer
from deploy import folder, postgres
from domain import audit, seals
from domain.access_log import AccessKind
from services import keys
from tests import forgery, launched
from tests.forgery import Forger
from tests.launched import Launched

CASE = "YH-2026-000002"


@pytest.fixture(scope="module")
async def sealed(sampled: Launched) -> Launched:
    """Some rows in the access log, and two seals of the days to come over everything, as the worker sees it."""
    secrets = folder.secrets(sampled.data)
    signer = Signer(keys.secret_bytes(secrets.audit))
    address = postgres.url(sampled.data, postgres.WORKER, secrets.worker)
    async with Database.opened(address, size=2, timeout=20) as database:
        now = datetime.now(UTC)
        log = AccessLog(database)
        for number in range(6):
            await log.note(
                None, at=now, kind=AccessKind.REVEAL, person_id=f"p-{number}", subject="people/p-office"
            )
        last = await PostgresSeals(database).last()
        begin = now if last is None else datetime.combine(last.day, datetime.min.time(), UTC)
        for days in (1, 2):
            await PostgresSeals(database, signer).make(begin + timedelta(days=days))
    return sampled


@pytest.fixture
async def forger(sealed: Launched) -> AsyncIterator[Forger]:
    async with forgery.at_work(sealed) as connection:
        yield connection


async def _verify(sealed: Launched, *words: str) -> tuple[int, str]:
    code, out, err = await launched.command("audit", "verify", *words, "--data", str(sealed.data))
    assert err == ""
    return code, out


async def _exported(sealed: Launched) -> list[str]:
    code, out, _ = await launched.command("audit", "export", "--data", str(sealed.data))
    assert code == 0
    return out.splitlines()


async def _verdict(file: Path, lines: list[str], *words: str) -> tuple[int, str]:
    await asyncio.to_thread(file.write_text, "".join(f"{line}\n" for line in lines), encoding="utf-8")
    code, out, err = await launched.command("audit", "verify", str(file), *words)
    assert err == ""
    return code, out


async def test_all_is_sound_in_the_database_and_in_an_export_which_state_the_hashes_to_keep(
    sealed: Launched, tmp_path: Path
) -> None:
    code, out = await _verify(sealed)
    assert code == 0, out
    lines = await _exported(sealed)
    ending = json.loads(lines[-1])
    public = Signer(keys.secret_bytes(folder.secrets(sealed.data).audit)).public
    code, out = await _verdict(tmp_path / "record.jsonl", lines, "--key", public)
    assert code == 0, out
    assert ending["access_head"] in out
    assert public in out
    assert f"封存 {ending['seals']} 号" in out
    code, out = await _verdict(tmp_path / "record.jsonl", lines, "--key", "0" * 64)
    assert code == 1
    assert "第 1 号封存：签名不成立" in out


async def test_an_export_is_on_record_itself(sealed: Launched) -> None:
    rows = [json.loads(line)["access"] for line in await _exported(sealed) if line.startswith('{"access":')]
    assert (rows[-1]["kind"], rows[-1]["channel"], rows[-1]["subject"]) == ("export", "cli", "audit")


EDITS = {
    "UPDATE access_log SET reason = '改过' WHERE seq = 3": "访问留痕 第 3 条：内容与哈希不符",
    "UPDATE access_log SET at = at + interval '1 second' WHERE seq = 2": "访问留痕 第 2 条：内容与哈希不符",
    "DELETE FROM access_log WHERE seq = 4": "访问留痕 第 4 条：第 4 条缺失",
    "DELETE FROM access_log WHERE seq = 1": "访问留痕 第 1 条：第 1 条缺失",
    "DELETE FROM access_log WHERE seq = (SELECT max(seq) FROM access_log)": "访问留痕 第",
    "DELETE FROM access_chain": "访问留痕 第",
    "UPDATE access_log SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3);"
    " UPDATE access_log SET seq = -seq WHERE seq < 0": "访问留痕 第 2 条：",
    "UPDATE daily_seals SET heads = repeat('0', 64) WHERE number = 2": "第 2 号封存：所列各链的末条与其摘要不符",
    "UPDATE daily_seals SET at = at - interval '1 day' WHERE number = 2": "第 2 号封存：内容与哈希不符",
    "UPDATE daily_seals SET signature = repeat('0', 128) WHERE number = 1": "第 1 号封存：签名不成立",
    "UPDATE daily_seals SET key = repeat('0', 64) WHERE number = 1": "第 1 号封存：签名不成立",
    "DELETE FROM daily_seals WHERE number = 2": "第 2 号封存缺失",
    "DELETE FROM sealed_heads WHERE chain = 'YH-2026-000002'": "号封存：所列各链的末条与其摘要不符",
    "UPDATE sealed_heads SET head = repeat('0', 64) WHERE chain = 'YH-2026-000002'": "号封存：所列各链",
}


@pytest.mark.parametrize("edit", EDITS)
async def test_what_was_edited_is_named_from_the_database_and_from_an_export_made_afterwards(
    sealed: Launched, forger: Forger, tmp_path: Path, edit: str
) -> None:
    await forger.execute(edit)
    code, out = await _verify(sealed)
    assert code == 1
    assert EDITS[edit] in out
    if "access_chain" not in edit:
        code, out = await _verdict(tmp_path / "record.jsonl", await _exported(sealed))
        assert code == 1
        assert EDITS[edit] in out


async def test_a_chain_that_was_rewritten_whole_and_fits_in_itself_contradicts_its_seal(
    sealed: Launched, forger: Forger, tmp_path: Path
) -> None:
    rows = await forger.fetch("SELECT entry FROM changes WHERE case_id = $1 ORDER BY seq", CASE)
    prev = audit.GENESIS
    for row in rows:
        entry = audit.seal(replace(codecs.entry(row["entry"]), note="改过", prev=prev))
        prev = entry.hash
        text = codecs.dump(entry)
        sql = "UPDATE changes SET entry = $3, hash = $4 WHERE case_id = $1 AND seq = $2"
        await forger.execute(sql, CASE, entry.seq, text, entry.hash)
    snapshot = "jsonb_set(snapshot, '{head}', to_jsonb($2::text))"
    await forger.execute(f"UPDATE hazards SET head = $2, snapshot = {snapshot} WHERE id = $1", CASE, prev)  # noqa: S608
    for code, out in (
        await _verify(sealed),
        await _verdict(tmp_path / "record.jsonl", await _exported(sealed)),
    ):
        assert code == 1
        assert [line for line in out.splitlines() if line.startswith(f"{CASE} 第") and "号封存不符" in line]
        assert "内容与哈希不符" not in out


async def test_seals_made_anew_by_who_has_no_key_are_told_by_the_key(
    sealed: Launched, tmp_path: Path
) -> None:
    lines = await _exported(sealed)
    forged, prev = Signer(b"f" * 32), seals.GENESIS
    for place, line in enumerate(lines):
        if not line.startswith('{"seal"'):
            continue
        told = json.loads(line)
        seal = told["seal"] | {"prev": prev, "key": forged.public}
        fields = {name: seal[name] for name in ("number", "prev", "chains", "heads")}
        day, at = datetime.fromisoformat(seal["day"]).date(), datetime.fromisoformat(seal["at"])
        prev = seals.hash_of(day=day, at=at, **fields)
        told["seal"] = seal | {"hash": prev, "signature": forged.sign(prev)}
        lines[place] = json.dumps(told)
    public = Signer(keys.secret_bytes(folder.secrets(sealed.data).audit)).public
    code, out = await _verdict(tmp_path / "record.jsonl", lines, "--key", public)
    assert code == 1
    assert "第 1 号封存：签名不成立" in out


async def test_any_edit_of_an_export_is_found_and_a_row_of_the_access_log_named(
    sealed: Launched, tmp_path: Path
) -> None:
    lines = await _exported(sealed)
    places = [place for place, line in enumerate(lines) if line.startswith('{"access":')]
    edited = list(lines)
    edited[places[2]] = edited[places[2]].replace("p-", "q-", 1)
    code, out = await _verdict(tmp_path / "record.jsonl", edited)
    assert code == 1
    assert "访问留痕 第 3 条" in out or edited == lines
    swapped = list(lines)
    swapped[places[0]], swapped[places[1]] = swapped[places[1]], swapped[places[0]]
    code, out = await _verdict(tmp_path / "record.jsonl", swapped)
    assert code == 1
    assert "访问留痕 第 1 条" in out
    code, out = await _verdict(tmp_path / "record.jsonl", [*lines[: places[-1]], *lines[places[-1] + 1 :]])
    assert code == 1
    assert "导出与结尾行所载的摘要不符" in out
