"""A filled document as pages (PDF) in the form of GB/T 9704-2012, laid out by typst.

Invariant: the words are those of the Word document; they come as data, and nothing in them is read as markup.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import typst

from adapters.documents import fonts
from adapters.documents.blocks import Paragraph, Table

_LAYOUT: Final = Path(__file__).with_name("official.typ")
_NO_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What stands where a PDF keeps when it was made."""


def pages(blocks: Sequence[Paragraph | Table], title: str) -> bytes:
    """The document as PDF with its fonts embedded; the same blocks give the same bytes."""
    told = json.dumps([asdict(block) for block in blocks], ensure_ascii=False)
    made = typst.compile(
        _LAYOUT.read_bytes(),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"blocks": told, "title": title},
        timestamp=_NO_MOMENT,
        pdf_tags=False,
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one piece")
    return made


@cache
def _fonts() -> typst.Fonts:
    """The fonts, looked through once per process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.folder())]
    )
