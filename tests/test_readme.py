"""The README's own example lines, run as they stand."""

import asyncio
import json
import os
import re
import shutil
from pathlib import Path

from tests.launched import Launched

ROOT = Path(__file__).parent.parent
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


async def test_the_hazard_of_the_readme_goes_from_discovery_to_closure(sampled: Launched) -> None:
    found = _BLOCK.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    code, out = await _bash(found.group(1), sampled)
    assert code == 0, out
    timeline = json.loads(out[out.rindex('{"items"') :])
    actions = [line["action"] for line in timeline["items"]]
    assert actions == ["report", "confirm", "assign", "start", "submit", "pass"]
    assert timeline["items"][-1]["stage"] == "closed"
