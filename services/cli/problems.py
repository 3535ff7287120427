"""What the person at the command line reads when something outside the program is wrong: one Chinese sentence.

Invariant: a setting is named, its value never shown.
"""

from collections.abc import Mapping
from typing import Final

import asyncpg
from pydantic import ValidationError

from deploy.processes import StackError
from domain.errors import Temporary
from services.settings import Settings

_AWAY: Final[Mapping[str, str]] = {
    "database": "无法连接 PostgreSQL，或它迟迟不答",
    "engine": "无法连接 Temporal，或它迟迟不答",
    "objects": "文件存储读不了",
}


def sentence(problem: Exception) -> str | None:
    """The sentence for a problem that a person can mend, or ``None`` where the fault is the program's own."""
    if isinstance(problem, StackError):
        return str(problem)
    if isinstance(problem, Temporary):
        return f"{_AWAY.get(problem.what, problem.what)}：请确认 bihuan up 或相应服务正在运行，稍后再试。"
    if isinstance(problem, asyncpg.PostgresError | asyncpg.InterfaceError):
        return f"PostgreSQL 不接受（{type(problem).__name__}）：请核对 BIHUAN_DATABASE_URL，并确认已执行 bihuan prepare。"
    if isinstance(problem, ValidationError) and problem.title == Settings.__name__:
        return f"环境变量 {'、'.join(_variables(problem))} 的值不合要求，请改正后再试。"
    return None


def _variables(problem: ValidationError) -> list[str]:
    prefix = Settings.model_config["env_prefix"]
    return [f"{prefix}{error['loc'][0]}".upper() for error in problem.errors()]
