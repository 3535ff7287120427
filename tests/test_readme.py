"""What the two READMEs say, held against what is: lines run as they stand, links as they are printed."""

import asyncio
import json
import os
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from deploy import engine, folder
from deploy.devstack import Devstack
from services.cli import up
from tests.launched import Launched
from workflows.search_attributes import saved_views

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"<!-- tests/test_readme\.py[^>]*-->\n```sh\n(.*?)```", re.DOTALL)


async def _bash(script: str, sampled: Launched) -> tuple[int, str]:
    environment = os.environ | {"API": sampled.api_url, "BIHUAN_DATA": str(sampled.data)}
    shell = shutil.which("bash")
    assert shell is not None
    process = await asyncio.create_subprocess_exec(
        shell,
        "-euc",
        script,
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


@pytest.mark.parametrize("readme", READMES)
async def test_the_hazard_of_the_readme_goes_from_discovery_to_closure(
    sampled: Launched, readme: str
) -> None:
    found = _BLOCK.search((ROOT / readme).read_text(encoding="utf-8"))
    assert found is not None
    code, out = await _bash(found.group(1), sampled)
    assert code == 0, out
    timeline = json.loads(out[out.rindex('{"items"') :])
    actions = [line["action"] for line in timeline["items"]]
    assert actions == ["report", "confirm", "assign", "start", "submit", "pass"]
    assert timeline["items"][-1]["stage"] == "closed"


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_has_the_links_that_make_run_prints(readme: str, tmp_path: Path) -> None:
    stack = Devstack(data=tmp_path, say=lambda _line: None)
    stack.secrets = folder.ensure_secrets(tmp_path)
    printed = {tuple(line.split()) for line in up.welcome(stack)}
    views = stack.ui_url + f"/namespaces/{engine.NAMESPACE}/workflows"
    wanted = [(title, f"{views}?query={quote(query)}") for title, query in saved_views("示例区")]
    assert set(wanted) <= printed
    link = re.compile(rf"\[([^]]+)\]\(({re.escape(views)}[^)]*)\)")
    assert link.findall((ROOT / readme).read_text(encoding="utf-8")) == wanted


@pytest.mark.parametrize("readme", READMES)
def test_every_file_that_the_readme_points_at_is_there(readme: str) -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)", (ROOT / readme).read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
