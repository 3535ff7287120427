"""Ledgers (台账) as spreadsheets: hazards, and the list of a collection."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from adapters.documents import ledgers
from adapters.postgres.ledger_rows import Scope
from domain import access
from domain.bulletin import numbers
from domain.hazard import Stage
from services.api import bulletin_responses, downloads, ledger_rows, parameters, patterns
from services.api.deps import Caller, Wired
from services.api.door import Door
from services.api.downloads import Download
from services.api.routers.hazards import day_after

router = APIRouter(prefix="/v1/ledgers", tags=["台账"], route_class=Door)

Day = parameters.Day
_SHEET: Final = bulletin_responses.LEDGER | {
    200: {"description": "电子表格", "content": {downloads.XLSX: {}}}
}


@router.get(
    "/hazards.xlsx",
    summary="隐患台账",
    operation_id="export_hazard_ledger",
    response_class=Response,
    responses=_SHEET,
)
async def hazards(
    person: Caller,
    services: Wired,
    stage: Annotated[list[Stage] | None, Query(max_length=20, description="环节，可多选")] = None,
    unit: Annotated[str | None, Query(pattern=patterns.CODE, description="单位")] = None,
    reported_from: Annotated[Day | None, Query(description="上报日期不早于（当地日期）")] = None,
    reported_to: Annotated[Day | None, Query(description="上报日期不晚于（当地日期，含当日）")] = None,
) -> Response:
    """本人可见的隐患，按上报先后。不含个人姓名与电话；件数与校验值记入访问留痕。"""
    now = services.clock()
    terms = await services.dictionary.terms(now)
    visible = access.visible_units("export_hazard_ledger", person.actor)
    units = None if visible is None else sorted(visible)
    if unit is not None:
        units = [unit] if units is None or unit in units else []
    scope = Scope(
        units=units,
        stages=[one.value for one in stage] if stage else None,
        since=terms.midnight(parameters.within_record(reported_from)) if reported_from else None,
        until=terms.midnight(day_after(reported_to)) if reported_to else None,
    )
    offset = terms.utc_offset_minutes
    pages = ledger_rows.of_hazards(services.bulletins.ledgers.hazards(scope), offset)
    note = f"截至{numbers.moment(now, offset)}；口径：本人可见范围内已上报的隐患"
    made = await ledgers.written("安全隐患台账", note, ledger_rows.HAZARD_COLUMNS, pages)
    file = Download(
        content=made.content, sha256=made.sha256, name="安全隐患台账", plain="hazards", suffix="xlsx"
    )
    return await downloads.exported(services, person, "export_hazard_ledger", "hazards", file, made.rows)


@router.get(
    "/collections/{collection_id}.xlsx",
    summary="收集台账",
    operation_id="export_collection_ledger",
    response_class=Response,
    responses=_SHEET,
)
async def collection(
    collection_id: Annotated[
        str, Path(pattern=patterns.COLLECTION_ID, description="收集编号", examples=["SJ-2026-000001"])
    ],
    person: Caller,
    services: Wired,
) -> Response:
    """一项收集的名单：已截止的是固定的名单（附校验值），未截止的是此刻的情况。"""
    access.check("export_collection_ledger", person.actor)
    listed = await services.bulletins.ledgers.collection(collection_id)
    found = listed.collection
    offset = found.window.utc_offset_minutes
    fixed = f"名单校验值 {listed.hash}" if listed.hash else f"截至{numbers.moment(services.clock(), offset)}"
    note = f"{found.id}；应报时限 {found.window.spoken(found.window.due_at)}；{fixed}"
    pages = ledger_rows.of_collection(listed.standings, offset)
    made = await ledgers.written(f"{found.title}台账", note, ledger_rows.COLLECTION_COLUMNS, pages)
    file = Download(
        content=made.content, sha256=made.sha256, name=f"{found.title}台账", plain=found.id, suffix="xlsx"
    )
    return await downloads.exported(services, person, "export_collection_ledger", found.id, file, made.rows)
