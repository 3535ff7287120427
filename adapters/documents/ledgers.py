"""Ledgers (台账) as spreadsheets: written row by row, so that their length costs no memory.

Invariant: every cell is text or a number as given; none is a formula, whatever it begins with; a number of a telephone is masked.
"""

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from domain import phones

Cell = str | int | float | None

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BARRED: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST: Final = 32_000
"""Characters that a cell holds, a little under what the format allows."""
_MOST_ROWS: Final = 1_048_000
_NO_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""What stands where a spreadsheet keeps when it was made."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its head, and its width in characters of the usual size."""

    head: str
    width: int


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A spreadsheet, how many rows it has below its head, and the SHA-256 (hex) of its bytes."""

    content: bytes
    rows: int
    sha256: str


async def written(
    title: str, note: str, columns: Sequence[Column], pages: AsyncGenerator[Iterable[Sequence[Cell]]]
) -> Ledger:
    """The spreadsheet of the rows, which come page by page; ``note`` stands under the title. Same rows, same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "ledger.xlsx")  # noqa: PTH118 - xlsxwriter takes text
        sheet = _Sheet(place, folder, title, note, columns)
        async with aclosing(pages):
            async for page in pages:
                await asyncio.to_thread(sheet.add, page)
        return await asyncio.to_thread(sheet.closed)


class _Sheet:
    """One sheet that is being written."""

    def __init__(self, place: str, folder: str, title: str, note: str, columns: Sequence[Column]) -> None:
        self._place, self._rows = place, 0
        told = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        # brought in at the first ledger: start-up does without
        import xlsxwriter

        self._book = xlsxwriter.Workbook(place, {**told, "strings_to_numbers": False})
        self._book.set_properties({"title": title, "created": _NO_MOMENT})
        self._sheet = self._book.add_worksheet("台账")
        self._cell = self._book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        self._head(title, note, columns)

    def _head(self, title: str, note: str, columns: Sequence[Column]) -> None:
        sheet, last = self._sheet, len(columns) - 1
        large = self._book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        head = self._book.add_format(
            {
                "bold": True,
                "border": 1,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
                "bg_color": "#EDEDED",
            }
        )
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        sheet.merge_range(0, 0, 0, last, guarded(title), large)
        sheet.merge_range(1, 0, 1, last, guarded(note))
        for number, column in enumerate(columns):
            sheet.write_string(2, number, column.head, head)
        sheet.freeze_panes(3, 0)
        sheet.repeat_rows(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")

    def add(self, page: Iterable[Sequence[Cell]]) -> None:
        """Write a page of rows under those before."""
        for row in page:
            if self._rows >= _MOST_ROWS:
                raise ValueError("more rows than a sheet has")
            for number, value in enumerate(row):
                self._write(3 + self._rows, number, value)
            self._rows += 1

    def _write(self, row: int, number: int, value: Cell) -> None:
        if isinstance(value, str):
            self._sheet.write_string(row, number, guarded(value), self._cell)
        elif value is None:
            self._sheet.write_blank(row, number, None, self._cell)
        else:
            self._sheet.write_number(row, number, value, self._cell)

    def closed(self) -> Ledger:
        """The finished spreadsheet."""
        self._book.close()
        with open(self._place, "rb") as file:  # noqa: PTH123
            content = file.read()
        return Ledger(content=content, rows=self._rows, sha256=hashlib.sha256(content).hexdigest())


def guarded(text: str) -> str:
    """The text as a cell shows it: no formula to any program that reads it, no mobile number, nothing XML cannot hold."""
    shown = _BARRED.sub("", phones.concealed(text))[:_LONGEST]
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
