"""What stands in a Word document, as blocks: paragraphs by the name of their style, and tables.

Invariant: every word of the body comes out, in its order; how it looks is left to whoever lays the blocks out.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from lxml import etree

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKS: Final = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
BODY: Final = "公文正文"
"""The style of a paragraph that names none."""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph: the name of its style, and its text."""

    style: str
    text: str
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table whose first row is its head; ``widths`` are relative."""

    rows: list[list[str]]
    widths: list[float]
    kind: Literal["table"] = "table"


def read(document: bytes) -> list[Paragraph | Table]:
    """The blocks of a .docx, empty paragraphs left out."""
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        body = _parsed(parts.read("word/document.xml")).find(f"{_W}body")
        names = _style_names(_parsed(parts.read("word/styles.xml")))
    return list(_blocks(body if body is not None else etree.Element("none"), names))


def _blocks(body: etree._Element, names: dict[str, str]) -> Iterator[Paragraph | Table]:
    for element in body:
        if element.tag == f"{_W}p":
            if text := _text(element).strip(" \n"):
                yield Paragraph(style=_style(element, names), text=text)
        elif element.tag == f"{_W}tbl":
            rows = [
                [
                    "\n".join(_text(line) for line in cell.iter(f"{_W}p"))
                    for cell in row.iterchildren(f"{_W}tc")
                ]
                for row in element.iterchildren(f"{_W}tr")
            ]
            yield Table(rows=rows, widths=_widths(element, len(rows[0])))


def _style(paragraph: etree._Element, names: dict[str, str]) -> str:
    named = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return BODY if named is None else names.get(named.get(f"{_W}val", ""), BODY)


def _style_names(styles: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for style in styles.iterchildren(f"{_W}style"):
        name = style.find(f"{_W}name")
        if name is not None:
            found[style.get(f"{_W}styleId", "")] = name.get(f"{_W}val", "")
    return found


def _text(element: etree._Element) -> str:
    """The words of the runs; a tab among the properties of a paragraph is a place, not a character."""
    parts = (part for run in element.iter(f"{_W}r") for part in run.iterchildren())
    return "".join((part.text or "") if part.tag == f"{_W}t" else _MARKS.get(part.tag, "") for part in parts)


def _widths(table: etree._Element, columns: int) -> list[float]:
    given = [float(column.get(f"{_W}w", "1")) for column in table.iter(f"{_W}gridCol")]
    return given if len(given) == columns and all(given) else [1.0] * columns


def _parsed(part: bytes) -> etree._Element:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
