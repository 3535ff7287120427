"""``bihuan load``: a directory document (units, posts, people, dictionaries, policy) into the database."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import asyncpg

from adapters.postgres.database import Database
from adapters.postgres.document import BadDocument, Document
from adapters.postgres.loading import load_into
from deploy.processes import StackError
from domain.errors import Temporary
from services import bootstrap
from services.cli import stack
from services.settings import Settings

PATIENCE: Final = 60.0
"""Seconds for the whole transaction."""


def run(file: Path, settings: Settings) -> str:
    """Load all of ``file`` or nothing of it, and give the sentence that says how much was new.

    Raises ``StackError`` with one sentence that says where the document is wrong or what is away.
    """
    document = read(file)
    try:
        added = asyncio.run(_load(document, settings))
    except BadDocument as error:
        raise StackError(f"{file} 未载入：{error}") from error
    except Temporary as error:
        raise StackError("未载入：数据库没有及时答复，请确认它在运行后重试。") from error
    except asyncpg.UndefinedTableError as error:
        raise StackError("未载入：数据库还没有执行迁移，请先运行 bihuan prepare。") from error
    except asyncpg.PostgresError as error:
        raise StackError(f"未载入：数据库拒绝了（{type(error).__name__}），请核对连接地址和账号。") from error
    rows = sum(len(table) for table in document.values())
    return f"已载入 {added} 行，另有 {rows - added} 行原已存在、保持不变。"


def read(file: Path) -> Any:
    """The JSON value in ``file``. Raises ``StackError`` with one sentence where there is none."""
    try:
        # -sig: editors on Windows put a mark in front
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise StackError(f"{file} 无法读取（{error.strerror}）。") from error
    except json.JSONDecodeError as error:
        raise StackError(f"{file} 不是正确的 JSON：第 {error.lineno} 行第 {error.colno} 列有误。") from error
    except (ValueError, RecursionError) as error:
        # also a number of thousands of digits, which is JSON but none that anybody means
        raise StackError(f"{file} 不是 UTF-8 编码的 JSON 文件。") from error


async def _load(document: Document, settings: Settings) -> int:
    url = settings.database_url.get_secret_value()
    async with (
        Database.opened(url, size=1, timeout=PATIENCE) as database,
        database.transaction() as connection,
    ):
        added = await load_into(connection, document, bootstrap.sealer(settings))
        if added:
            await stack.noted(database, "load", connection)
        return added
