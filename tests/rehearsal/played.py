"""Playing a scenario as its users do: by the command line, in a process of its own."""

import subprocess
import sys
from pathlib import Path

from deploy.rehearsal.timeline import Line

SCENARIOS = Path(__file__).parents[2] / "deploy" / "scenarios"
BIHUAN = Path(sys.executable).with_name("bihuan")
WITHIN = 240


def rehearse(*words: str | Path) -> str:
    """What ``bihuan rehearse`` prints."""
    done = subprocess.run(
        [BIHUAN, "rehearse", *map(str, words)], capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lines(text: str) -> list[Line]:
    return [Line.of_json(line) for line in text.splitlines()]
