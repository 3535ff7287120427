"""How the rows of ledgers look: columns, and each row as cells.

Source of the columns of the hazard ledger: domain facts 4.4 (隐患台账), with those of the Zhejiang exchange format.
"""

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final

from adapters.documents.ledgers import Cell, Column
from domain.bulletin import numbers
from domain.collection import Standing
from domain.hazard import Stage, Verdict
from domain.hazard.words import PLAN_ITEMS

HAZARD_COLUMNS: Final = (
    Column(head="序号", width=6),
    Column(head="案号", width=17),
    Column(head="发现时间", width=20),
    Column(head="发现岗位", width=16),
    Column(head="所在区划", width=10),
    Column(head="单位", width=28),
    Column(head="部位", width=18),
    Column(head="隐患描述", width=40),
    Column(head="隐患类别", width=12),
    Column(head="隐患等级", width=10),
    Column(head="法规依据", width=34),
    Column(head="佐证材料（份）", width=9),
    Column(head="环节", width=12),
    Column(head="立行立改", width=8),
    Column(head="责任落实", width=20),
    Column(head="整改措施", width=30),
    Column(head="资金落实", width=14),
    Column(head="时限落实", width=16),
    Column(head="应急预案", width=24),
    Column(head="责任岗位", width=18),
    Column(head="本环节时限", width=20),
    Column(head="是否逾期", width=8),
    Column(head="整改完成时间", width=20),
    Column(head="复查岗位", width=14),
    Column(head="复查结果", width=10),
    Column(head="复查时间", width=20),
    Column(head="销号时间", width=20),
    Column(head="挂牌督办级别", width=12),
    Column(head="督办机关", width=20),
    Column(head="督办文号", width=20),
    Column(head="备注", width=24),
)

COLLECTION_COLUMNS: Final = (
    Column(head="序号", width=6),
    Column(head="单位", width=36),
    Column(head="情况", width=12),
    Column(head="应报时限", width=20),
    Column(head="收到时间", width=22),
    Column(head="迟报（分钟）", width=12),
    Column(head="版本", width=6),
    Column(head="退回次数", width=8),
    Column(head="延期或免报的理由", width=34),
    Column(head="材料校验值（SHA-256）", width=68),
)

_VERDICTS: Final = {Verdict.PASSED.value: "合格", Verdict.RETURNED.value: "退回整改"}


async def of_hazards(
    pages: AsyncGenerator[list[dict[str, Any]]], offset: int
) -> AsyncGenerator[list[Sequence[Cell]]]:
    """The cells of hazards, page by page; ``offset`` is the local time's, in minutes."""
    number = 0
    async with aclosing(pages):
        async for page in pages:
            yield [_hazard(number + place, row, offset) for place, row in enumerate(page, start=1)]
            number += len(page)


async def of_collection(
    pages: AsyncGenerator[list[Standing]], offset: int
) -> AsyncGenerator[list[Sequence[Cell]]]:
    """The cells of a collection's list, page by page."""
    number = 0
    async with aclosing(pages):
        async for page in pages:
            yield [_standing(number + place, one, offset) for place, one in enumerate(page, start=1)]
            number += len(page)


def _hazard(number: int, row: dict[str, Any], offset: int) -> Sequence[Cell]:
    plan, last, listed = (_opened(row[name]) for name in ("plan", "round", "supervision"))
    return (
        *(number, row["id"], numbers.moment(row["reported_at"], offset), row["finder"], row["district"]),
        *(row["unit_name"], row["place"], row["description"], row["category"], row["level"], row["basis"]),
        *(row["evidence"], Stage(row["stage"]).label, "是" if row["fixed_on_spot"] else "否"),
        *(plan.get(item) for item in _PLAN),
        *(row["responsible"], _moment(row["due_at"], offset), "是" if row["overdue"] else "否"),
        *_round(last, row["verifier"], offset),
        _moment(row["closed_at"], offset),
        *(listed.get(name) for name in ("level", "organ", "document_number")),
        None,
    )


_PLAN: Final = tuple(PLAN_ITEMS)


def _round(last: dict[str, Any], verifier: str | None, offset: int) -> Iterator[Cell]:
    """When the last round was finished, who looked at it, what came of it and when."""
    yield _told(last.get("submitted_at"), offset)
    yield verifier
    yield _VERDICTS.get(last.get("verdict") or "")
    yield _told(last.get("verified_at"), offset)


def _standing(number: int, one: Standing, offset: int) -> Sequence[Cell]:
    received = _moment(one.received_at, offset)
    return (
        *(number, one.unit_name, one.outcome.label, numbers.moment(one.due_at, offset), received),
        *(one.late_minutes, one.version, one.returns, one.basis, one.submission_hash),
    )


def _opened(text: str | None) -> dict[str, Any]:
    found: dict[str, Any] | None = None if text is None else json.loads(text)
    return found or {}


def _moment(at: datetime | None, offset: int) -> str | None:
    return None if at is None else numbers.moment(at, offset)


def _told(text: str | None, offset: int) -> str | None:
    return None if text is None else numbers.moment(datetime.fromisoformat(text), offset)
