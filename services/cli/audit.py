"""``bihuan audit``: export the record, and verify its chains from the database or offline from an export.

An export is one JSON line per case: ``case_id``, ``seq`` and ``head`` as the snapshot states them, and ``entries``.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from adapters.objects import Objects, original_key, served_key
from adapters.postgres.audit import Chain, PostgresAudit
from adapters.postgres.database import Database
from domain import audit
from domain.audit import Flaw
from services import bootstrap
from services.settings import Settings

_CHAIN = TypeAdapter(Chain)


def export(settings: Settings, out: TextIO) -> None:
    """Write the whole record to ``out``."""
    asyncio.run(_export(settings, out))


def verify(settings: Settings | None, file: Path | None) -> bool:
    """Verify an export, or else the database and its files; print what is wrong and give whether all is sound."""
    return asyncio.run(_verify_file(file)) if file else asyncio.run(_verify_database(settings or Settings()))


async def _export(settings: Settings, out: TextIO) -> None:
    async with _opened(settings) as database:
        async for chain in PostgresAudit(database).chains():
            out.write(json.dumps(audit.plain(asdict(chain)), ensure_ascii=False) + "\n")


async def _verify_file(file: Path) -> bool:
    report = _Report()
    try:
        for chain in _read(file):
            report.add(chain)
    except (ValidationError, UnicodeDecodeError) as error:
        report.say(f"{file}：第 {report.chains + 1} 行不是留痕导出（{type(error).__name__}）")
        report.flaws += 1
    return report.close()


async def _verify_database(settings: Settings) -> bool:
    report = _Report()
    async with _opened(settings) as database:
        record = PostgresAudit(database)
        async for chain in record.chains():
            report.add(chain)
        async for damaged in _damaged(record, bootstrap.objects(settings)):
            report.say(f"文件 {damaged} 与留痕的 SHA-256 不符或已缺失")
            report.flaws += 1
    return report.close()


async def _damaged(record: PostgresAudit, objects: Objects) -> AsyncIterator[str]:
    async for file_id, original, served in record.files():
        sound = await objects.verify(original_key(original), original)
        if not sound or not await objects.verify(served_key(served), served):
            yield file_id


class _Report:
    """Counts chains and entries, and says what is wrong."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, file=sys.stdout)
        self.chains = 0
        self.flaws = 0
        self._entries = 0

    def add(self, chain: Chain) -> None:
        self.chains += 1
        self._entries += len(chain.entries)
        flaw = audit.verify(chain.case_id, chain.entries, head=chain.head, seq=chain.seq)
        if isinstance(flaw, Flaw):
            self.flaws += 1
            self.say(f"{flaw.case_id} 第 {flaw.seq} 条：{flaw.why}")

    def say(self, line: str) -> None:
        self._console.print(line, markup=False)

    def close(self) -> bool:
        verdict = "全部完好" if self.flaws == 0 else f"发现 {self.flaws} 处问题"
        self.say(f"核验 {self.chains} 件案卷、{self._entries} 条留痕：{verdict}。")
        return self.flaws == 0


def _read(file: Path) -> Iterator[Chain]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield _CHAIN.validate_json(line)


def _opened(settings: Settings) -> AbstractAsyncContextManager[Database]:
    return Database.opened(settings.database_url.get_secret_value(), size=2, timeout=30)
