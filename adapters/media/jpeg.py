"""A JPEG's segments, read without decoding: for photos inside a PDF, which are not written anew.

Source of the form: ITU-T T.81, annex B.
"""

import re
from typing import Final

from domain.evidence import UnacceptableFile

_MARKER: Final = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)
"""Inside picture data 0xFF is followed by 0x00, a restart marker or another 0xFF; anything else begins a segment."""

_END: Final = 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x01, 0xD8})
_APPLICATION: Final = frozenset(range(0xE0, 0xF0))
_COMMENT: Final = 0xFE
_NEEDED: Final = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
"""The application segments without which the colours would come out differently."""


def without_metadata(data: bytes) -> bytes:
    """The JPEG ``data`` without EXIF, XMP, IPTC, comments, previews and anything after its end; pixels untouched.

    Raises ``UnacceptableFile`` when a segment is cut short.
    """
    kept: list[bytes] = []
    at = 0
    while found := _MARKER.search(data, at):
        marker = found[1][0]
        body = found.end()
        end = body
        if marker != _END and marker not in _WITHOUT_LENGTH:
            length = int.from_bytes(data[body : body + 2], "big")
            end = body + length
            if length < 2 or end > len(data):
                raise UnacceptableFile("file_damaged", "a JPEG segment is cut short")
        kept.append(data[at : found.start() if _dropped(marker, data, body + 2) else end])
        at = end
        if marker == _END:
            return b"".join(kept)
    return b"".join([*kept, data[at:]])


def _dropped(marker: int, data: bytes, at: int) -> bool:
    if marker == _COMMENT:
        return True
    if marker not in _APPLICATION:
        return False
    return not any(marker == needed and data.startswith(name, at) for needed, name in _NEEDED)
