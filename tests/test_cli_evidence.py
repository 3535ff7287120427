"""``bihuan audit verify`` against evidence that was exchanged, changed or cited otherwise."""

import uuid
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from deploy import folder, postgres
from tests import forgery, launched
from tests import media_samples as samples
from tests.forgery import Forger
from tests.launched import Launched


async def _bihuan(sampled: Launched, *words: str) -> tuple[int, str, str]:
    return await launched.command(*words, "--data", str(sampled.data))


@pytest.fixture
async def forger(sampled: Launched) -> AsyncIterator[Forger]:
    async with forgery.at_work(sampled) as connection:
        yield connection


async def test_evidence_whose_files_were_exchanged_is_named(sampled: Launched, forger: Forger) -> None:
    one, other = await forger.fetch(
        "SELECT id, sha256, served_sha256 FROM files WHERE id IN (SELECT file_id FROM case_files) ORDER BY id LIMIT 2"
    )
    edit = "UPDATE files SET sha256 = $2, served_sha256 = $3 WHERE id = $1"
    await forger.execute(edit, one["id"], "", "")
    await forger.execute(edit, other["id"], one["sha256"], one["served_sha256"])
    await forger.execute(edit, one["id"], other["sha256"], other["served_sha256"])
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    for file in (one, other):
        assert any(file["id"] in line and line.startswith("YH-") for line in out.splitlines())


async def test_a_file_that_shows_the_copy_of_another_is_named(sampled: Launched, forger: Forger) -> None:
    one, other = await forger.fetch("SELECT id, served_sha256 FROM files ORDER BY id LIMIT 2")
    assert one["served_sha256"] != other["served_sha256"]
    edit = "UPDATE files SET served_sha256 = $2 WHERE id = $1"
    await forger.execute(edit, one["id"], other["served_sha256"])
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    assert f"文件 {one['id']} 展示的是另一文件的副本\n" in out
    assert other["id"] not in out


async def test_two_originals_that_clean_to_the_same_copy_share_it_rightly(sampled: Launched) -> None:
    _, token, _ = await _bihuan(sampled, "token", "office")
    ids = []
    async with httpx.AsyncClient(
        base_url=sampled.api_url, headers={"Authorization": f"Bearer {token.strip()}"}
    ) as http:
        for comment in (b"one", b"other"):
            files = {"file": ("photo.jpg", samples.jpeg_with(samples.segment(0xFE, comment)), "image/jpeg")}
            answer = await http.post("/v1/files", files=files, headers={"Idempotency-Key": uuid.uuid4().hex})
            assert answer.status_code == 201, answer.text
            ids.append(answer.json()["id"])
    owner = await asyncpg.connect(
        postgres.url(sampled.data, postgres.OWNER, folder.secrets(sampled.data).owner)
    )
    try:
        copies = "SELECT count(*), count(DISTINCT served_sha256) FROM files WHERE id = ANY ($1)"
        assert tuple(await owner.fetchrow(copies, ids) or ()) == (2, 1)
    finally:
        await owner.close()
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 0, out


async def test_a_citation_that_was_changed_is_named(sampled: Launched, forger: Forger) -> None:
    [(case_id, seq)] = await forger.fetch("SELECT case_id, seq FROM case_files ORDER BY 1, 2 LIMIT 1")
    edit = "UPDATE case_files SET kind = 'receipt' WHERE case_id = $1 AND seq = $2"
    await forger.execute(edit, case_id, seq)
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    assert code == 1
    assert f"{case_id} 第 {seq} 条：引用的材料" in out


async def test_a_stored_file_that_was_changed_is_reported_with_the_case_that_cites_it(
    sampled: Launched,
) -> None:
    stored = min(file for file in (sampled.data / "objects" / "original").rglob("*") if file.is_file())
    before = stored.read_bytes()
    stored.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    code, out, _ = await _bihuan(sampled, "audit", "verify")
    stored.write_bytes(before)
    assert code == 1
    assert any(f"f-{stored.name[:32]}" in line and line.startswith("YH-") for line in out.splitlines())
