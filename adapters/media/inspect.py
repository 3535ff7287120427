"""The door for uploaded files: type by content, size, hash, and a look inside in a confined child process.

Invariant: a file gets through only if its first bytes name an accepted type and a parser of exactly that type read it
to the end.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from adapters.media.answer import Cleaned
from adapters.media.sandbox import Child, Crashed, Limits
from domain.errors import Temporary
from domain.evidence import PDF_LIMIT, MediaType, UnacceptableFile

_ATTEMPTS: Final = 2
"""A child that dies may have been killed for another reason (out of memory); the file that kills two is to blame."""


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """A file that was accepted.

    ``sha256`` (hex) is of the bytes as uploaded; ``served`` is the cleaned copy, ``served_sha256`` its hash. ``width``
    and ``height`` are pixels of the upright photo, ``pages`` belongs to a PDF.
    """

    media_type: MediaType
    sha256: str
    served: bytes
    served_sha256: str
    width: int | None
    height: int | None
    pages: int | None


def recognise(data: bytes) -> MediaType:
    """The type that the first bytes name. Raises ``UnacceptableFile`` for none, or for more bytes than it may have.

    A PDF must begin with its header: the standard's allowance of other bytes before it is how a file is two things.
    """
    if not data:
        raise UnacceptableFile("file_empty")
    if len(data) > PDF_LIMIT:
        raise UnacceptableFile("file_too_large", f"{len(data)} bytes")
    media_type = _named_by(data)
    if media_type is None:
        raise UnacceptableFile("file_type_not_accepted", "unknown first bytes")
    if len(data) > media_type.size_limit:
        raise UnacceptableFile("file_too_large", f"{len(data)} bytes")
    return media_type


def _named_by(data: bytes) -> MediaType | None:
    if data.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return MediaType.WEBP
    if data.startswith(b"%PDF-"):
        return MediaType.PDF
    return None


class Inspector:
    """Checks files, ``children`` at a time; the others wait. Use as an async context manager.

    Args:
        children: processes kept ready, about 40 MB each.
        limits: what one file may cost.
        patience: seconds that a file waits for a free child before its uploader is told to come back.
    """

    def __init__(self, *, children: int = 2, limits: Limits | None = None, patience: float = 20.0) -> None:
        self._limits = limits or Limits()
        self._patience = patience
        self._places: asyncio.Queue[Child | None] = asyncio.Queue()
        for _ in range(children):
            self._places.put_nowait(None)

    async def __aenter__(self) -> Self:
        for _ in range(self._places.qsize()):
            self._places.put_nowait(await self._ready(self._places.get_nowait()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while not self._places.empty():
            child = self._places.get_nowait()
            if child is not None:
                await child.stop()

    async def inspect(self, data: bytes) -> Inspected:
        """``data`` checked and cleaned.

        Raises ``UnacceptableFile`` when it is refused, ``Temporary("inspection")`` when nothing could be found out:
        every child stayed busy, or none can be started.
        """
        media_type = recognise(data)
        cleaned = await self._cleaned(media_type, data)
        return Inspected(
            media_type=media_type,
            sha256=await _sha256(data),
            served=cleaned.served,
            served_sha256=await _sha256(cleaned.served),
            width=cleaned.width,
            height=cleaned.height,
            pages=cleaned.pages,
        )

    async def _cleaned(self, media_type: MediaType, data: bytes) -> Cleaned:
        for _ in range(_ATTEMPTS):
            try:
                async with self._child() as child:
                    return await child.ask(media_type, data)
            except Crashed:
                continue
            except TimeoutError as late:
                raise UnacceptableFile("file_too_complex", "no answer in time") from late
        raise UnacceptableFile("file_too_complex", "the checker died on it twice")

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[Child]:
        place = await self._place()
        try:
            child = place = await self._ready(place)
            yield child
        except UnacceptableFile:
            raise
        except BaseException:
            # Also when the uploader went away in mid-sentence: the rest of that answer must reach nobody.
            broken, place = place, None
            if broken is not None:
                await asyncio.shield(broken.stop())
            raise
        finally:
            self._places.put_nowait(place)

    async def _place(self) -> Child | None:
        try:
            async with asyncio.timeout(self._patience):
                return await self._places.get()
        except TimeoutError as busy:
            raise Temporary("inspection") from busy

    async def _ready(self, child: Child | None) -> Child:
        if child is not None and child.alive:
            return child
        if child is not None:
            await child.stop()
        try:
            return await Child.start(self._limits)
        except OSError as refused:
            raise Temporary("inspection") from refused


async def _sha256(data: bytes) -> str:
    # 30 MB take tens of milliseconds, which other requests need not wait for.
    digest = await asyncio.to_thread(hashlib.sha256, data)
    return digest.hexdigest()
