"""Files for people: named in Chinese, kept by nobody on the way, and noted in the access log.

Invariant: every export is on record with its hash and how many rows it had, before a byte of it leaves.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from fastapi.responses import Response

from adapters.postgres.directory import Person
from domain.access_log import AccessKind
from services.api import request_ids
from services.api.deps import Services

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
MEDIA_TYPES: Final = {"docx": DOCX, "pdf": PDF, "xlsx": XLSX}


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file: its bytes, their SHA-256 (hex), its name for people and for programs that know no Chinese, and its suffix."""

    content: bytes
    sha256: str
    name: str
    plain: str
    suffix: str


def response(file: Download) -> Response:
    """The file as an answer (RFC 6266, RFC 5987)."""
    name, plain = f"{file.name}.{file.suffix}", f"{file.plain}.{file.suffix}"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "ETag": f'"{file.sha256}"',
    }
    return Response(file.content, media_type=MEDIA_TYPES[file.suffix], headers=headers)


async def exported(
    services: Services, person: Person, operation: str, subject: str, file: Download, rows: int
) -> Response:
    """An export: noted with its rows and its hash, then given."""
    held = next(iter(person.actor.holdings), None)
    await services.access_log.note(
        None,
        at=services.clock(),
        kind=AccessKind.EXPORT,
        person_id=person.actor.person_id,
        post_id=held.post_id if held else None,
        on_behalf_of=held.on_behalf_of if held else None,
        subject=subject,
        request_id=request_ids.current(),
        reason=f"{operation} rows={rows} sha256={file.sha256}",
    )
    return response(file)
