"""The files of a bulletin: made from its words on demand while it is a draft, kept from its issue on.

Invariant: what was issued is served as the bytes that were issued, checked against their hash; a draft says that it is one.
The libraries of documents are brought in where one is made: the process starts without them.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import Final

from adapters.documents import ledgers
from adapters.documents.ledgers import Cell, Column
from adapters.objects import Objects, original_key
from adapters.postgres.bulletin_settings import PostgresBulletinSettings
from domain import bulletin as rules
from domain.bulletin import Bulletin
from domain.collection import Frozen
from domain.errors import Kind, Refused

COLUMNS: Final = (
    Column(head="序号", width=6),
    Column(head="单位", width=36),
    Column(head="情况", width=14),
    Column(head="收到时间", width=22),
    Column(head="迟报时长", width=14),
    Column(head="说明", width=40),
)


class Papers:
    """Makes and keeps documents, one at a time: laying one out takes a processor for a moment."""

    def __init__(self, settings: PostgresBulletinSettings, objects: Objects) -> None:
        self._settings = settings
        self._objects = objects
        self._turn = asyncio.Semaphore(1)

    async def made(self, bulletin: Bulletin, frozen: Frozen) -> Mapping[str, bytes]:
        """The document as it is now, in every format."""
        template = await self._template(bulletin)
        note = f"{bulletin.number or bulletin.state.label}；名单校验值 {bulletin.list_hash}"
        async with self._turn:
            sheet = await ledgers.written(f"{bulletin.title}名单", note, COLUMNS, _rows(bulletin, frozen))
            made = await asyncio.to_thread(_made, template, bulletin, frozen)
        return {**made, "xlsx": sheet.content}

    async def stored(self, bulletin: Bulletin, frozen: Frozen) -> Mapping[str, str]:
        """Make the document and keep it; gives the SHA-256 (hex) of each format."""
        hashes: dict[str, str] = {}
        for name, content in (await self.made(bulletin, frozen)).items():
            hashes[name] = hashlib.sha256(content).hexdigest()
            await self._objects.put(original_key(hashes[name]), content)
        return hashes

    async def kept(self, bulletin: Bulletin, name: str) -> bytes:
        """What was issued. Raises ``Missing``, ``Corrupted`` or ``Temporary``."""
        sha256 = bulletin.files[name]
        return await self._objects.get(original_key(sha256), sha256)

    async def check(self, template: bytes) -> None:
        """Look a template over. Raises ``Refused`` naming what is wrong with it."""
        async with self._turn:
            await asyncio.to_thread(_check, template)

    async def _template(self, bulletin: Bulletin) -> bytes:
        if bulletin.template is None:
            from adapters.documents import standard

            return standard.template(bulletin.kind.value)
        content = await self._settings.template(bulletin.template)
        if content is None or hashlib.sha256(content).hexdigest() != bulletin.template:
            raise Refused(Kind.CONFLICT, "template_missing", "拟稿所用的模板已不在，请联系管理员")
        return content


def _check(template: bytes) -> None:
    from adapters.documents import templates

    templates.check(template)


def _made(template: bytes, bulletin: Bulletin, frozen: Frozen) -> Mapping[str, bytes]:
    from adapters.documents import blocks, pdf, word

    document = word.filled(template, rules.paper.values(bulletin, frozen))
    return {"docx": document, "pdf": pdf.pages(blocks.read(document), bulletin.title)}


async def _rows(bulletin: Bulletin, frozen: Frozen) -> AsyncGenerator[Iterable[Sequence[Cell]]]:
    """Every unit of the lists, list by list."""
    listed = [(name, row) for name, rows in rules.paper.lists(bulletin, frozen).items() for row in rows]
    yield [
        (number, row["单位"], row["现列"] or name, row["收到时间"], row["迟报时长"], row["说明"])
        for number, (name, row) in enumerate(listed, start=1)
    ]
