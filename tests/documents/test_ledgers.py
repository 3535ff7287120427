"""Ledgers open in a spreadsheet program, however long, and nothing in them is a formula."""

import io
import tracemalloc
import zipfile
from collections.abc import AsyncGenerator, Iterable, Sequence

import openpyxl
import pytest

from adapters.documents import ledgers
from adapters.documents.ledgers import Cell, Column, Ledger

COLUMNS = (Column(head="序号", width=6), Column(head="单位", width=30), Column(head="描述", width=60))


async def _pages(rows: Iterable[Sequence[Cell]]) -> AsyncGenerator[Iterable[Sequence[Cell]]]:
    yield rows


async def made(rows: Iterable[Sequence[Cell]]) -> Ledger:
    return await ledgers.written("隐患台账", "口径：全部在案", COLUMNS, _pages(rows))


async def test_fifty_thousand_rows_open_and_all_are_there() -> None:
    async def pages() -> AsyncGenerator[Iterable[Sequence[Cell]]]:
        for first in range(1, 50_001, 1000):
            yield [
                (number, f"第{number}养老院", f"第{number}处安全出口被堵塞")
                for number in range(first, first + 1000)
            ]

    tracemalloc.start()
    ledger = await ledgers.written("隐患台账", "口径：全部在案", COLUMNS, pages())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ledger.rows == 50_000
    assert peak < 40 * 1024 * 1024, "rows are not kept"
    book = openpyxl.load_workbook(io.BytesIO(ledger.content), read_only=True)
    rows = list(book.active.iter_rows(values_only=True))
    book.close()
    assert rows[0][0] == "隐患台账"
    assert rows[2] == ("序号", "单位", "描述")
    assert len(rows) == 50_003
    assert rows[50_002] == (50_000, "第50000养老院", "第50000处安全出口被堵塞")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1层地下室", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "http://x.cn", "00123"]
)
async def test_a_text_stays_a_text_whatever_it_begins_with(text: str) -> None:
    ledger = await made([(1, "甲", text)])
    book = openpyxl.load_workbook(io.BytesIO(ledger.content))
    cell = book.active.cell(4, 3)
    book.close()
    assert cell.data_type == "s"
    assert str(cell.value).lstrip("'") == text
    assert not str(cell.value).startswith(("=", "+", "-", "@", "\t"))
    assert cell.hyperlink is None
    with zipfile.ZipFile(io.BytesIO(ledger.content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


async def test_a_mobile_number_that_somebody_wrote_into_a_text_is_masked() -> None:
    ledger = await made([(1, "甲", "请联系13812345678或座机0477-8123456，编号20261381234567890")])
    book = openpyxl.load_workbook(io.BytesIO(ledger.content))
    told = book.active.cell(4, 3).value
    book.close()
    assert told == "请联系138****5678或座机0477-8123456，编号20261381234567890"


async def test_what_xml_cannot_hold_and_what_a_cell_cannot_hold_is_left_out() -> None:
    ledger = await made([(None, "甲\x00\x07\ufffe乙", "长" * 40_000)])
    book = openpyxl.load_workbook(io.BytesIO(ledger.content))
    assert book.active.cell(4, 1).value is None
    assert book.active.cell(4, 2).value == "甲乙"
    assert len(str(book.active.cell(4, 3).value)) == 32_000
    book.close()


async def test_the_same_rows_give_the_same_bytes_and_the_hash_is_of_them() -> None:
    first, again = await made([(1, "甲", "乙")]), await made([(1, "甲", "乙")])
    assert first == again
    assert first.sha256 != (await made([(2, "甲", "乙")])).sha256


async def test_the_head_stays_in_sight_and_stands_on_every_printed_page() -> None:
    ledger = await made([(1, "甲", "乙")])
    book = openpyxl.load_workbook(io.BytesIO(ledger.content))
    assert book.active.freeze_panes == "A4"
    assert book.active.print_title_rows == "$3:$3"
    book.close()
