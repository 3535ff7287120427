"""Ledgers through HTTP: the same visibility as lists, counted and hashed in the access log (bar R4)."""

import hashlib
import io
from typing import Any

import openpyxl

from tests.harness import World
from tests.stories import bulletins as story
from tests.stories import loop


async def _ledger(world: World, person: str, path: str, **asked: Any) -> tuple[bytes, list[tuple[Any, ...]]]:
    answer = await world.get(person, f"/v1/ledgers/{path}", **asked)
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    rows = list(book.active.iter_rows(values_only=True))
    book.close()
    return answer.content, rows


async def test_a_hazard_stands_in_the_ledger_with_its_columns_filled(world: World) -> None:
    number = (await world.report(description='=HYPERLINK("http://x")'))["id"]
    await loop.do(world, loop.CHECKER, number, "confirm")
    await loop.do(world, loop.OFFICE, number, "assign")
    await loop.do(world, loop.STAFF, number, "start")
    await loop.do(world, loop.STAFF, number, "submit")
    await loop.do(world, loop.CHECKER, number, "pass")
    _, rows = await _ledger(world, "p-office", "hazards.xlsx", unit="ec01")
    head, mine = rows[2], next(row for row in rows[3:] if row[1] == number)
    told = dict(zip(head, mine, strict=True))
    assert len(head) == 31
    assert told["单位"] == "康宁养老院（示例）"
    assert told["隐患等级"] == "一般隐患"
    assert told["责任岗位"] == "康宁养老院安全员"
    assert told["复查岗位"] == "第一督导组"
    assert told["复查结果"] == "合格"
    assert told["整改完成时间"]
    assert "消防法" in told["法规依据"] or told["法规依据"]
    assert told["隐患描述"].startswith("'=HYPERLINK")


async def test_a_unit_exports_its_own_hazards_and_no_others(world: World) -> None:
    await world.report(unit="ec01")
    await world.report(unit="ec02")
    _, mine = await _ledger(world, "p-ec01-head", "hazards.xlsx")
    assert {row[5] for row in mine[3:]} == {"康宁养老院（示例）"}
    _, none = await _ledger(world, "p-ec01-head", "hazards.xlsx", unit="ec02")
    assert none[3:] == []
    _, every = await _ledger(world, "p-office", "hazards.xlsx")
    assert {"康宁养老院（示例）", "松鹤老年公寓（示例）"} <= {row[5] for row in every[3:]}


async def test_an_export_is_in_the_access_log_with_its_rows_and_its_hash(world: World) -> None:
    frozen = await story.listed(world)
    content, rows = await _ledger(world, "p-office", f"collections/{frozen.collection_id}.xlsx")
    assert rows[2][:3] == ("序号", "单位", "情况")
    assert [row[2] for row in rows[3:7]] == ["按时报送", "迟报", "未报", "材料不合格"]
    assert frozen.hash in rows[1][0]
    log = await world.whole("p-oversight", "/v1/audit/access", kind="export")
    noted = next(one for one in log if one["subject"] == frozen.collection_id)
    assert noted["reason"] == f"export_collection_ledger rows=9 sha256={hashlib.sha256(content).hexdigest()}"
    assert noted["person_id"] == "p-office"


async def test_the_list_of_a_collection_is_the_bureaus_to_export(world: World) -> None:
    frozen = await story.listed(world)
    answer = await world.get("p-ec01-head", f"/v1/ledgers/collections/{frozen.collection_id}.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
    unknown = await world.get("p-office", "/v1/ledgers/collections/SJ-2031-999999.xlsx")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "collection_unknown")


async def test_the_list_of_a_bulletin_names_the_units_and_nobody_else(world: World) -> None:
    issued = await story.issued(world, await story.listed(world))
    content = await story.download(world, issued["id"], "xlsx", "p-ec01-head")
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = list(book.active.iter_rows(values_only=True, min_row=4))
    book.close()
    assert [(row[1], row[2]) for row in rows] == [
        ("松鹤老年公寓（示例）", "迟报"),
        ("夕阳红养老服务中心（示例）", "未报"),
        ("福寿居养老院（示例）", "不合格"),
        ("北镇敬老院（示例）", "调整"),
    ]
