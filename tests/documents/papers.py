"""Bulletins for the tests of documents: the vocabulary's example, and what it looks like as pages."""

from collections.abc import Sequence
from typing import Any

import pypdfium2

from adapters.documents import blocks, pdf, standard, vocabulary, word

Values = dict[str, Any]


def values(**more: Any) -> Values:
    """What a bulletin says, with one late unit and nothing in the other lists."""
    empty: Values = {f"{name}名单": [] for name in vocabulary.LISTS if name != "迟报"}
    return {**vocabulary.EXAMPLE, **empty, **more}


def rows(count: int) -> list[dict[str, str]]:
    """So many late units."""
    one = vocabulary.EXAMPLE["迟报名单"][0]
    return [
        one | {"序号": str(number), "单位": f"第{number}养老院（示例）"} for number in range(1, count + 1)
    ]


def document(told: Values, kind: str = "bulletin") -> bytes:
    return word.filled(standard.template(kind), told)


def pages(document: bytes) -> bytes:
    return pdf.pages(blocks.read(document), "通报")


def texts(content: bytes) -> list[str]:
    """The text of each page."""
    opened = pypdfium2.PdfDocument(content)
    found = [page.get_textpage().get_text_bounded() for page in opened]
    opened.close()
    return found


def words(parts: Sequence[str]) -> str:
    """The text without white space, which the two formats set differently."""
    return "".join("".join(parts).split())
