"""``bihuan audit``: export the record, and verify it from the database or offline from an export.

What an export holds is told by ``services/cli/audit_lines.py``. That it was made is in the access log, as the act of nobody
that has an account: whoever runs commands on the server is known to the server.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from adapters.objects import Objects, original_key, served_key
from adapters.postgres import soundness
from adapters.postgres.access_log import AccessLog
from adapters.postgres.audit import Chain, PostgresAudit
from adapters.postgres.audit_chains import PostgresChains, Span
from adapters.postgres.database import Database
from adapters.postgres.seals import PostgresSeals
from deploy.processes import StackError
from domain.access_log import AccessKind
from domain.roll import Closing, Roll
from services import bootstrap, clock
from services.cli import audit_lines, copies, stack
from services.cli.audit_lines import AccessLine, Ending, Line, Opening, SealLine
from services.cli.audit_report import Report
from services.settings import Settings


def export(settings: Settings, out: TextIO) -> None:
    """Write the whole record to ``out``. Raises ``Temporary`` when the database is away."""
    asyncio.run(_export(settings, out))


def verify(settings: Settings | None, file: Path | None, key: str | None = None) -> bool:
    """Verify an export, or else the database and its files; print what is wrong and give whether all is sound.

    ``key`` is the public key (hex) that every seal must be signed with. Raises ``Temporary`` when the database or the store
    of files is away.
    """
    report = Report(key)
    return (
        _verify_file(report, file) if file else asyncio.run(_verify_database(report, settings or Settings()))
    )


async def _export(settings: Settings, out: TextIO) -> None:
    roll, writer = Roll(), audit_lines.Writer(out)
    async with stack.database(settings) as database:
        await AccessLog(database).note(
            None, at=clock.real(), kind=AccessKind.EXPORT, subject="audit", channel="cli"
        )
        record, chains = PostgresAudit(database), PostgresChains(database)
        span = await chains.span()
        writer.write(
            Opening(format=audit_lines.FORMAT, begins_seq=span.begins_seq, begins_head=span.begins_head)
        )
        # seals before what they seal: whatever a seal lists is then in the file
        async for seal, heads in PostgresSeals(database).all():
            writer.write(SealLine(seal=seal, sealed=tuple(heads)))
        years = await record.years()
        async for kept in record.cases():
            _write(writer, roll, kept.chain)
        async for chain in chains.subjects():
            _write(writer, roll, chain)
        writer.write(roll.closing(years))
        span = await chains.span()
        async for row in chains.accesses(span):
            writer.write(AccessLine(access=row))
    writer.end(access_seq=span.seq, access_head=span.head)


def _write(writer: audit_lines.Writer, roll: Roll, chain: Chain) -> None:
    roll.add(chain.case_id, chain.head, len(chain.entries))
    writer.write(chain)


def _verify_file(report: Report, file: Path) -> bool:
    reading, number = _Reading(report), 0
    try:
        for number, (line, digest) in enumerate(audit_lines.read(file), 1):  # noqa: B007 - told when one fails
            if not reading.take(line, digest):
                report.flaw("导出不完整：结尾行之后还有内容")
                break
    except (ValidationError, UnicodeDecodeError) as error:
        report.flaw(f"{file}：第 {number + 1} 行不是留痕导出（{type(error).__name__}）")
    except OSError as unread:
        raise StackError(f"文件 {file} 读不出来（{type(unread).__name__}）。") from unread
    reading.close()
    return report.close()


class _Reading:
    """An export, line by line, of either format."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._opening: Opening | None = None
        self._closing: Closing | None = None
        self._ending: Ending | None = None
        self._seals = 0

    def take(self, line: Line, digest: str) -> bool:
        """Take the next line; ``False`` for one behind the end."""
        if self._ending is not None or (self._opening is None and self._closing is not None):
            return False
        match line:
            case Opening():
                self._opening = line
            case SealLine():
                self._seals += 1
                self._report.seal(line.seal, line.sealed)
            case Chain() if self._closing is None:
                self._report.chain(line)
            case Closing() if self._closing is None:
                self._closing = line
                self._begin_log()
            case AccessLine() if self._closing is not None:
                self._report.access(line.access)
            case Ending():
                self._end(line, digest)
            case _:
                return False
        return True

    def close(self) -> None:
        """Say what of the file is missing."""
        self._report.whole(self._closing)
        if self._opening is not None and self._ending is None and self._closing is not None:
            self._report.flaw("导出不完整：没有结尾行")

    def _begin_log(self) -> None:
        if self._opening is not None:
            self._report.log_begins(self._opening.begins_seq, self._opening.begins_head)

    def _end(self, line: Ending, digest: str) -> None:
        self._ending = line
        self._report.log_ends(Span(seq=line.access_seq, head=line.access_head))
        if line.seals != self._seals:
            self._report.flaw(f"导出不完整：应有 {line.seals} 号封存，实有 {self._seals} 号")
        if line.sha256 != digest:
            self._report.flaw("导出与结尾行所载的摘要不符：导出之后被改动过")


async def _verify_log(report: Report, database: Database) -> None:
    chains = PostgresChains(database)
    span = await chains.span()
    report.log_begins(span.begins_seq, span.begins_head)
    async for row in chains.accesses(span):
        report.access(row)
    report.log_ends(span)


async def _verify_database(report: Report, settings: Settings) -> bool:
    objects = _objects(settings)
    originals = _Originals(objects)
    async with stack.database(settings) as database:
        record = PostgresAudit(database)
        async for seal, heads in PostgresSeals(database).all():
            report.seal(seal, heads)
        years = await record.years()
        async for kept in record.cases():
            report.kept(kept)
            for entry, file_id, sha256 in soundness.citations(kept.chain.entries):
                if not await originals.sound(sha256):
                    report.flaw(f"{entry.case_id} 第 {entry.seq} 条：文件 {file_id} 的原件与留痕不符或已缺失")
        async for chain in PostgresChains(database).subjects():
            report.chain(chain)
        report.numbers(years, await record.years())
        await _verify_log(report, database)
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
