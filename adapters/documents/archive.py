"""ZIP archives (.docx, .xlsx) as the same bytes whenever they are made of the same parts.

Invariant: nothing of when or where an archive was made stands in it.
"""

import io
import zipfile
from typing import Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that the format knows."""


def stable(content: bytes) -> bytes:
    """The archive again: its parts in their order, every date and every mark of a system taken off."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w") as made:
        for name in given.namelist():
            part = zipfile.ZipInfo(name, _EPOCH)
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            made.writestr(part, given.read(name), compresslevel=6)
    return out.getvalue()
