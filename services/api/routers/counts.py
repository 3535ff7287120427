"""The board (看板): open cases counted by what they are, and rates, each with its definition and the list behind it.

Invariant: every number comes with the query of ``GET /v1/hazards`` that lists exactly the cases that it counts.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, Field

from adapters.postgres.counts import FOUND, Cohort, Count
from domain import access
from domain.hazard import OPEN_STAGES, Stage
from domain.ladder import Colour
from services.api import parameters, responses
from services.api.deps import Caller, Wired
from services.api.door import Door

router = APIRouter(prefix="/v1/hazards", tags=["隐患"], route_class=Door)

Day = Annotated[date, BeforeValidator(parameters.day)]
Query_ = list[tuple[str, str]]

NOTHING: Final = "—"
"""What stands in the place of a rate of nothing."""

_OPEN: Final[Query_] = [("stage", stage.value) for stage in OPEN_STAGES]
_FOUND: Final[Query_] = [("stage", stage.value) for stage in FOUND]

DEFINITIONS: Final = {
    "all": "在办：已上报且尚未销号、判为误报、移交或合并的隐患，按此刻的环节计。",
    "stage": "在办隐患按此刻所处环节分别计数。",
    "level": "在办隐患按此刻的等级分别计数；核实时改过等级的，按改后的计。",
    "colour": "在办隐患按督办颜色分别计数；未逾期的没有颜色，不在其内。",
    "unit": "在办隐患按被检查单位分别计数；没有在办隐患的单位不列出。",
}
"""What each breakdown counts (口径)."""

OVERDUE: Final = "其中已标记逾期的，或本环节时限到此刻已过的。"
RECTIFIED: Final = (
    "整改率＝期内上报的隐患中已销号的件数÷期内上报的件数；误报、已移交、已合并的不计入；截至此刻。"
)
IN_TIME: Final = (
    "按期整改率＝期内上报且已销号的隐患中各环节从未逾期的件数÷期内上报且已销号的件数；"
    "经批准延期的按延期后的时限判断；截至此刻。"
)


class CountView(BaseModel):
    """So many open cases."""

    code: str | None = Field(description="环节、等级、颜色或单位的代码；合计为 null")
    label: str
    cases: int = Field(description="在办件数")
    href: str = Field(description="列出这些案件的地址")
    overdue_cases: int = Field(description="其中逾期件数")
    overdue_href: str = Field(description="列出其中逾期案件的地址")


class BreakdownView(BaseModel):
    """Open cases counted by one of what they are."""

    kind: str = Field(description="all 合计、stage 环节、level 等级、colour 督办颜色、unit 单位")
    definition: str = Field(description="口径")
    overdue_definition: str = Field(description="逾期的口径")
    counts: list[CountView] = Field(description="各项件数")


class RateView(BaseModel):
    """A rate of the cases reported within a period."""

    kind: str = Field(description="rectified 整改率、in_time 按期整改率")
    label: str
    definition: str = Field(description="口径")
    percent: str = Field(description="百分比，一位小数；分母为零时为 —", examples=["93.5%", NOTHING])
    numerator: int = Field(description="分子")
    numerator_href: str = Field(description="列出分子所计案件的地址")
    denominator: int = Field(description="分母")
    denominator_href: str = Field(description="列出分母所计案件的地址")


class CountsView(BaseModel):
    """The board at an instant."""

    at: datetime = Field(description="计数的时刻")
    reported_from: date = Field(description="比率所统计的上报日期，自此日起（当地）")
    reported_to: date = Field(description="比率所统计的上报日期，至此日止（当地，含当日）")
    open: list[BreakdownView] = Field(description="在办隐患的件数")
    rates: list[RateView] = Field(description="比率")


@router.get("/counts", summary="隐患统计", operation_id="count_hazards", responses=responses.READ)
async def counts(
    person: Caller,
    services: Wired,
    reported_from: Annotated[Day | None, Query(description="比率：上报日期不早于；默认当月一日")] = None,
    reported_to: Annotated[Day | None, Query(description="比率：上报日期不晚于（含当日）；默认今日")] = None,
) -> CountsView:
    """本人可见的隐患：在办件数按环节、等级、颜色、单位统计，另有整改率；每个数附口径和列出这些案件的地址。"""
    now, visible = services.clock(), access.visible_units("count_hazards", person.actor)
    terms = await services.dictionary.terms(now)
    today = terms.local(now).date()
    first = parameters.within_record(reported_from or today.replace(day=1))
    last = parameters.within_record(reported_to or today)
    found = await services.counts.open(visible, now)
    cohort = await services.counts.cohort(
        visible, terms.midnight(first), terms.midnight(last + timedelta(days=1))
    )
    return CountsView(
        at=now,
        reported_from=first,
        reported_to=last,
        open=[_breakdown(kind, found) for kind in DEFINITIONS],
        rates=_rates(cohort, first, last),
    )


def _breakdown(kind: str, found: list[Count]) -> BreakdownView:
    counted = {one.code: one for one in found if one.kind == kind and (one.code or kind == "all")}
    always: dict[str, tuple[Stage | Colour, ...]] = {"stage": OPEN_STAGES, "colour": tuple(Colour)}
    every = [one.value for one in always[kind]] if kind in always else list(counted)
    nothing = Count(kind=kind, code=None, label=None, cases=0, overdue=0)
    return BreakdownView(
        kind=kind,
        definition=DEFINITIONS[kind],
        overdue_definition=OVERDUE,
        counts=[_count(kind, code, counted.get(code, nothing)) for code in every],
    )


def _count(kind: str, code: str | None, count: Count) -> CountView:
    query = [("stage", str(code))] if kind == "stage" else _OPEN
    if kind not in ("all", "stage"):
        query = [*query, (kind, str(code))]
    return CountView(
        code=code,
        label=_label(kind, code, count),
        cases=count.cases,
        href=_list(query),
        overdue_cases=count.overdue,
        overdue_href=_list([*query, ("overdue", "true")]),
    )


def _label(kind: str, code: str | None, count: Count) -> str:
    if code is None:
        return "合计"
    if kind == "stage":
        return Stage(code).label
    return Colour(code).label if kind == "colour" else count.label or code


def _rates(cohort: Cohort, first: date, last: date) -> list[RateView]:
    within = [("reported_from", first.isoformat()), ("reported_to", last.isoformat())]
    found, closed = [*_FOUND, *within], [("stage", Stage.CLOSED.value), *within]
    in_time = [*closed, ("once_overdue", "false")]
    return [
        _rate("rectified", "整改率", RECTIFIED, (cohort.closed, closed), (cohort.reported, found)),
        _rate(
            "in_time", "按期整改率", IN_TIME, (cohort.closed - cohort.late, in_time), (cohort.closed, closed)
        ),
    ]


def _rate(
    kind: str, label: str, definition: str, part: tuple[int, Query_], whole: tuple[int, Query_]
) -> RateView:
    return RateView(
        kind=kind,
        label=label,
        definition=definition,
        percent=f"{part[0] / whole[0]:.1%}" if whole[0] else NOTHING,
        numerator=part[0],
        numerator_href=_list(part[1]),
        denominator=whole[0],
        denominator_href=_list(whole[1]),
    )


def _list(query: Query_) -> str:
    return f"/v1/hazards?{urlencode(query)}"
