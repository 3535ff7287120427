"""Who held a post when, what teams cover, and who was told of a case (任职沿革、分片包点包联、通知记录).

Invariant: only what the asker may see; another unit's posts do not exist.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from domain import access
from domain.errors import Kind, Refused
from domain.notices import NoticeKind
from domain.people import Role
from services.api import patterns, responses
from services.api.deps import Caller, Limit, Wired
from services.api.door import Door
from services.api.routers.hazards import HazardId, Step, visible_case
from services.api.views import Page

router = APIRouter(prefix="/v1", tags=["组织"], route_class=Door)


class TenureView(BaseModel):
    """Who held a post, from when to when."""

    model_config = ConfigDict(json_schema_extra={"description": "一段任职"})
    person: str = Field(description="任职者")
    valid_from: datetime | None = Field(description="自何时；一直在任为 null")
    valid_to: datetime | None = Field(description="至何时；长期为 null")


class StandingInView(BaseModel):
    """Who stood in for whom, from when to when."""

    model_config = ConfigDict(json_schema_extra={"description": "一段代理"})
    absent: str = Field(description="被代理人")
    substitute: str = Field(description="代理人")
    valid_from: datetime = Field(description="自何时")
    valid_to: datetime = Field(description="至何时")


class PostHistoryView(BaseModel):
    """A post with who held it when."""

    model_config = ConfigDict(json_schema_extra={"description": "岗位及其任职、代理的沿革"})
    id: str
    title: str
    role: Role
    unit_id: str
    seats: int = Field(description="名额")
    bound_to: str | None = Field(description="由哪个岗位的在任者兼任")
    area_id: str | None = Field(description="负责的镇或片区")
    valid_from: datetime | None = Field(description="岗位自何时设立；一直有为 null")
    valid_to: datetime | None = Field(description="岗位至何时撤销；长期为 null")
    tenures: list[TenureView] = Field(description="任职，先任的在前")
    substitutions: list[StandingInView] = Field(description="代理，先代的在前")


class TeamView(BaseModel):
    """A team and what it covers."""

    model_config = ConfigDict(json_schema_extra={"description": "督导组及其包联"})
    id: str = Field(description="督导组的岗位")
    title: str
    members: list[str] = Field(description="组员")
    areas: list[str] = Field(description="所包的片区")
    units: list[str] = Field(description="所包联的单位，含片区内的；限本人可见的")


class TeamsView(BaseModel):
    """The teams."""

    model_config = ConfigDict(json_schema_extra={"description": "各督导组"})
    items: list[TeamView]


class ToldView(BaseModel):
    """What a post was told of a case."""

    model_config = ConfigDict(json_schema_extra={"description": "一份通知的记录"})
    id: str
    seq: int
    kind: NoticeKind
    kind_label: str
    post_id: str = Field(description="通知的岗位")
    post: str | None = Field(description="岗位名称")
    at: datetime = Field(description="何时发生")
    due_at: datetime = Field(description="按规定应在何时")
    leaves_at: datetime = Field(description="何时送达")
    text: str = Field(description="通知内容")
    acknowledged_at: datetime | None = Field(description="本岗位何时签收")
    acknowledged_by: str | None = Field(description="何人签收")
    held_when_due: list[str] = Field(description="应通知之时在任与代理的人员")
    hold_now: list[str] = Field(description="此刻在任与代理的人员：通知由他们接收和处理")
    tenures: list[TenureView] = Field(description="该岗位的任职沿革")


@router.get("/posts/{post_id}", summary="一个岗位", operation_id="get_post", responses=responses.READ_POST)
async def post(
    post_id: Annotated[str, Path(pattern=patterns.CODE, description="岗位编号", examples=["office"])],
    person: Caller,
    services: Wired,
) -> PostHistoryView:
    """岗位，以及何人自何时至何时任职、代理。换人后沿革仍在。"""
    found = await services.succession.post(post_id, access.visible_units("get_post", person.actor))
    if found is None:
        raise Refused(Kind.UNKNOWN, "post_unknown", "没有这个岗位")
    return PostHistoryView(**found)


@router.get("/teams", summary="督导组与包联", operation_id="list_teams", responses=responses.READ)
async def teams(person: Caller, services: Wired) -> TeamsView:
    """各督导组的组员，以及分片、包点、包联的范围。"""
    visible = access.visible_units("list_teams", person.actor)
    found = await services.succession.teams(services.clock(), visible)
    return TeamsView(items=[TeamView(**row) for row in found])


@router.get(
    "/hazards/{hazard_id}/notices",
    summary="通知记录",
    operation_id="list_hazard_notices",
    responses=responses.READ_ONE,
)
async def notices(
    hazard_id: HazardId, person: Caller, services: Wired, cursor: Step = 0, limit: Limit = 50
) -> Page[ToldView]:
    """本案历次通知，按步分页：发给哪个岗位，应发之时何人在任，此刻何人在任。通知随岗位走，换人不重发。"""
    await visible_case(services, person, hazard_id)
    found = await services.succession.notices(hazard_id, services.clock(), cursor, limit + 1)
    steps = sorted({row["seq"] for row in found})
    items = [
        ToldView(**row, kind_label=NoticeKind(row["kind"]).label)
        for row in found
        if row["seq"] in steps[:limit]
    ]
    return Page(items=items, next=str(steps[limit - 1]) if len(steps) > limit else None)
