"""``bihuan audit``: export the record, and verify it from the database or offline from an export.

An export is one JSON line per case (``case_id``, ``seq`` and ``head`` as its row states them, and ``entries``) and one
closing line: counts, the digest of all heads, and the last case number of each year. Without it an export is refused.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from adapters.objects import Objects, original_key, served_key
from adapters.postgres import soundness
from adapters.postgres.audit import Chain, Kept, PostgresAudit
from adapters.postgres.intake import case_number
from deploy.processes import StackError
from domain import audit
from domain.roll import Closing, Gap, Roll
from services import bootstrap
from services.cli import copies, stack
from services.settings import Settings

_LINE: TypeAdapter[Chain | Closing] = TypeAdapter(Chain | Closing)


def export(settings: Settings, out: TextIO) -> None:
    """Write the whole record to ``out``. Raises ``Temporary`` when the database is away."""
    asyncio.run(_export(settings, out))


def verify(settings: Settings | None, file: Path | None) -> bool:
    """Verify an export, or else the database and its files; print what is wrong and give whether all is sound.

    Raises ``Temporary`` when the database or the store of files is away.
    """
    return _verify_file(file) if file else asyncio.run(_verify_database(settings or Settings()))


async def _export(settings: Settings, out: TextIO) -> None:
    roll = Roll()
    async with stack.database(settings) as database:
        record = PostgresAudit(database)
        years = await record.years()
        async for kept in record.cases():
            roll.add(kept.chain.case_id, kept.chain.head, len(kept.chain.entries))
            _write(out, kept.chain)
    _write(out, roll.closing(years))


def _write(out: TextIO, value: Chain | Closing) -> None:
    out.write(json.dumps(audit.plain(asdict(value)), ensure_ascii=False) + "\n")


def _verify_file(file: Path) -> bool:
    report = _Report()
    closing: Closing | None = None
    try:
        for line in _lines(file):
            if closing is not None:
                report.flaw("导出不完整：结尾行之后还有内容")
                break
            if isinstance(line, Closing):
                closing = line
            else:
                report.chain(line)
    except (ValidationError, UnicodeDecodeError) as error:
        report.flaw(f"{file}：第 {report.roll.cases + 1} 行不是留痕导出（{type(error).__name__}）")
    except OSError as unread:
        raise StackError(f"文件 {file} 读不出来（{type(unread).__name__}）。") from unread
    report.whole(closing)
    return report.close()


def _lines(file: Path) -> Iterator[Chain | Closing]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield _LINE.validate_json(line)


async def _verify_database(settings: Settings) -> bool:
    report, objects = _Report(), _objects(settings)
    originals = _Originals(objects)
    async with stack.database(settings) as database:
        record = PostgresAudit(database)
        years = await record.years()
        async for kept in record.cases():
            report.kept(kept)
            for entry, file_id, sha256 in soundness.citations(kept.chain.entries):
                if not await originals.sound(sha256):
                    report.flaw(f"{entry.case_id} 第 {entry.seq} 条：文件 {file_id} 的原件与留痕不符或已缺失")
        report.numbers(years, await record.years())
        async for file in record.files():
            if not await originals.sound(file.sha256) or not await originals.served(file.served_sha256):
                report.flaw(f"文件 {file.id} 与登记的 SHA-256 不符或已缺失")
        async for file_id in copies.exchanged(record, objects):
            report.flaw(f"文件 {file_id} 展示的是另一文件的副本")
    return report.close()


def _objects(settings: Settings) -> Objects:
    try:
        return bootstrap.objects(settings)
    except ValueError as wrong:
        raise stack.unusable("BIHUAN_OBJECTS_URL") from wrong


class _Originals:
    """Reads every original once, however many cases cite it."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: dict[str, bool] = {}

    async def sound(self, sha256: str) -> bool:
        if sha256 not in self._known:
            self._known[sha256] = await self._verified(original_key, sha256)
        return self._known[sha256]

    async def served(self, sha256: str) -> bool:
        return await self._verified(served_key, sha256)

    async def _verified(self, key: Callable[[str], str], sha256: str) -> bool:
        try:
            return await self._objects.verify(key(sha256), sha256)
        except ValueError:  # not a SHA-256
            return False


class _Report:
    """Counts cases and entries, and says what is wrong."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._flaws = 0
        self.roll = Roll()

    def chain(self, chain: Chain) -> None:
        """One case of an export."""
        self.roll.add(chain.case_id, chain.head, len(chain.entries))
        if flaw := audit.verify(chain.case_id, chain.entries, head=chain.head, seq=chain.seq):
            self.flaw(f"{flaw.case_id} 第 {flaw.seq} 条：{flaw.why}")

    def kept(self, kept: Kept) -> None:
        """One case of the database."""
        self.roll.add(kept.chain.case_id, kept.chain.head, len(kept.chain.entries))
        for flaw in soundness.flaws(kept):
            self.flaw(flaw)

    def numbers(self, before: Mapping[int, int], after: Mapping[int, int]) -> None:
        """Compare the numbers seen with those given: all given before must be there, none beyond those given after."""
        for gap in self.roll.gaps(before):
            self.flaw(f"案卷缺失：{_named(gap)}")
        for year in self.roll.beyond(after):
            self.flaw(f"{year} 年的案号超出已发出的末号")

    def whole(self, closing: Closing | None) -> None:
        """Compare an export with what its last line states."""
        if closing is None:
            self.flaw("导出不完整：没有结尾行")
            return
        missing = [_named(gap) for gap in self.roll.gaps(closing.years)]
        if missing:
            self.flaw(f"导出不完整：缺少 {'、'.join(missing)}")
        elif self.roll.closing(closing.years) != closing:
            self.flaw("导出不完整：案卷、留痕的条数或摘要与结尾行不符")

    def flaw(self, line: str) -> None:
        self._flaws += 1
        self._console.print(line, markup=False)

    def close(self) -> bool:
        verdict = f"发现 {self._flaws} 处问题" if self._flaws else "全部完好"
        self._console.print(
            f"核验 {self.roll.cases} 件案卷、{self.roll.entries} 条留痕：{verdict}。", markup=False
        )
        return self._flaws == 0


def _named(gap: Gap) -> str:
    first, last = case_number(gap.year, gap.first), case_number(gap.year, gap.last)
    return first if first == last else f"{first} 至 {last}"
