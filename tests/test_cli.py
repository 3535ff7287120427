"""The command line as a user meets it, over a stack with the sample district."""

import re
from pathlib import Path

import asyncpg
import httpx
from temporalio.client import Client

from deploy import folder, postgres
from deploy.sample import story
from deploy.sample.storyteller import Storyteller
from services import clock
from services.cli import access_table, diagram
from services.tokens import TokenKey
from tests import launched
from tests.corpus import runs
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


async def test_the_sample_shows_a_roster_with_every_outcome(sampled: Launched) -> None:
    owner = await _owner(sampled)
    try:
        (number,) = [row["id"] for row in await owner.fetch("SELECT id FROM collections")]
    finally:
        await owner.close()
    _, token, _ = await _bihuan(sampled, "token", "office")
    headers = {"Authorization": f"Bearer {token.strip()}"}
    async with httpx.AsyncClient(base_url=sampled.api_url, headers=headers, trust_env=False) as http:
        status = (await http.get(f"/v1/collections/{number}/status")).json()
    assert status["sentence"] == "应报 8，已报 3，迟报 1，未报 4，材料不合格 1，免报 1"
    assert [one["unit_id"] for one in status["missing"]] == ["ec05", "ec06", "fu01", "su01"]


async def test_the_sample_told_again_changes_nothing(sampled: Launched) -> None:
    secret = folder.secrets(sampled.data).token
    tokens = TokenKey(secret=secret, issuer="bihuan", audience="bihuan-api", sessionless=True)
    owner, again = await _owner(sampled), list[str]()
    try:
        before = [await owner.fetch(sql) for sql in _TOLD]
        async with httpx.AsyncClient(base_url=sampled.api_url, timeout=30, trust_env=False) as http:
            await story.tell(Storyteller(http=http, tokens=tokens, clock=clock.real), again.append)
        assert [await owner.fetch(sql) for sql in _TOLD] == before
    finally:
        await owner.close()
    assert again[-1].startswith("示例收集 SJ-")


_TOLD = [
    "SELECT case_id, seq FROM changes WHERE entry ->> 'person_id' IS NOT NULL ORDER BY 1, 2",
    "SELECT collection_id, seq FROM collection_changes WHERE entry ->> 'person_id' IS NOT NULL ORDER BY 1, 2",
    "SELECT collection_id, unit_id, version FROM submissions ORDER BY 1, 2, 3",
]


async def test_a_token_is_one_line_that_the_api_takes(sampled: Launched) -> None:
    code, out, _ = await _bihuan(sampled, "token", "office")
    assert code == 0
    assert len(out.split(".")) == 3
    assert len(out.splitlines()) == 1


async def test_a_token_for_an_unknown_post_names_the_posts(sampled: Launched) -> None:
    code, out, err = await _bihuan(sampled, "token", "nobody")
    assert (code, out) == (1, "")
    assert "ec01-safety" in err


async def test_the_running_histories_replay_on_todays_code_of_whichever_workflow(sampled: Launched) -> None:
    client = await Client.connect(f"127.0.0.1:{sampled.ports.temporal}")
    ours = [one async for one in client.list_workflows(f"WorkflowType IN {tuple(sorted(_kept()))}")]
    assert {"Hazard", "BulletinClock", "DailySeal", "Delivery"} <= {one.workflow_type for one in ours}
    code, out, _ = await _bihuan(sampled, "replay")
    assert code == 0, out
    told = re.search(r"共回放 (\d+) 份历史", out)
    assert told is not None
    assert int(told[1]) >= len(ours)


def _kept() -> set[str]:
    return {run.workflow for run in runs.kept()}


async def test_a_folder_without_histories_is_no_proof(tmp_path: Path) -> None:
    code, _, _ = await launched.command("replay", str(tmp_path))
    assert code == 1


def test_the_table_of_operations_on_file_is_the_one_that_decides() -> None:
    assert access_table.text() in (DOCS / "access.md").read_text(encoding="utf-8")


def test_the_diagram_on_file_is_the_table_that_decides() -> None:
    assert (DOCS / "hazard-loop.md").read_text(encoding="utf-8") == diagram.text()
