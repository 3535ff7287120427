"""How the due date of a hazard comes about, and what the clock will do if nobody acts."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from domain import hazard
from domain.hazard import Case, Clock, explained
from domain.workdays import Segment
from services.api import responses
from services.api.deps import Caller, Wired
from services.api.door import Door
from services.api.routers.hazards import HazardId, visible_case
from services.api.timing_views import ClockView, clock_view

router = APIRouter(prefix="/v1/hazards", tags=["隐患"], route_class=Door)

AHEAD: Final = timedelta(days=60)
MOST_COMING: Final = 20


class SegmentView(BaseModel):
    """A stretch of a limit."""

    since: datetime
    until: datetime
    counted: bool = Field(description="是否计入")
    seconds: float = Field(description="计入的秒数：自然日按实际时间，工作日与工作小时按办公时间")
    why: str = Field(description="为何计入或不计入")
    source: str = Field(description="依据：法条或文件")


class ExplainedView(ClockView):
    """A limit with the segments that make it up."""

    segments: list[SegmentView] = Field(description="按先后，首尾相接；计入的秒数之和等于时限")
    duration_seconds: float = Field(description="时限长短（秒）")
    used_seconds: float = Field(description="已用（秒）")
    remaining_seconds: float = Field(description="尚余（秒）")
    skipped_reminders: list[int] = Field(
        description="不适用的临期提醒（提前几个工作日）：设定时限时已过其时刻"
    )


class ComingView(BaseModel):
    """A step that the clock will take if nobody acts."""

    at: datetime
    label: str
    posts: list[str] = Field(description="通知的岗位")


class DeadlineView(BaseModel):
    """How the due date comes about."""

    id: str = Field(description="案号")
    due_at: datetime | None
    running: ExplainedView | None = Field(description="正在计的时限；按旧政策立案的没有")
    stopped: list[ExplainedView] = Field(description="此前各环节的时限")
    coming: list[ComingView] = Field(description="无人办理时今后六十日内系统将办理的各步")


@router.get(
    "/{hazard_id}/deadline",
    summary="时限说明",
    operation_id="explain_hazard_deadline",
    response_model=DeadlineView,
    responses=responses.READ_ONE,
)
async def deadline(hazard_id: HazardId, person: Caller, services: Wired) -> DeadlineView:
    """逐段说明时限如何得出：哪些时间计入、哪些不计入、为何、依据什么；以及接下来系统会做什么。"""
    case, now = await visible_case(services, person, hazard_id), services.clock()
    coming = islice(hazard.foresee(case, now + AHEAD), MOST_COMING)
    return DeadlineView(
        id=case.id,
        due_at=case.due_at,
        running=case.running and _explained(case, case.running, now),
        stopped=[_explained(case, clock, now) for clock in case.stopped],
        coming=[_coming(change) for change in coming],
    )


def _explained(case: Case, clock: Clock, now: datetime) -> ExplainedView:
    found = explained.explain(clock, case.terms, now)
    return ExplainedView(
        **clock_view(clock).model_dump(),
        segments=[_segment(segment) for segment in found.segments],
        duration_seconds=found.duration.total_seconds(),
        used_seconds=found.used.total_seconds(),
        remaining_seconds=(found.duration - found.used).total_seconds(),
        skipped_reminders=list(clock.skipped),
    )


def _segment(segment: Segment) -> SegmentView:
    return SegmentView(
        since=segment.since,
        until=segment.until,
        counted=segment.counted,
        seconds=segment.amount.total_seconds(),
        why=segment.why,
        source=segment.source,
    )


def _coming(change: hazard.Change) -> ComingView:
    return ComingView(
        at=change.entry.at,
        label=hazard.ACTION_LABELS[change.entry.action],
        posts=list(dict.fromkeys(notice.post_id for notice in change.notices)),
    )
