"""What concerns the person who asks: who I am, and what waits on me."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from domain import access
from domain.people import Role
from services.api import patterns, responses, views
from services.api.deps import Caller, Limit, Wired
from services.api.door import Door
from services.api.routers.hazards import page

router = APIRouter(prefix="/v1/me", tags=["我的"], route_class=Door)


class HeldPost(BaseModel):
    """A post that I hold."""

    id: str
    title: str
    role: Role
    role_label: str
    unit_id: str
    on_behalf_of: str | None = Field(description="代谁办理：代理期内为被代理人，本人任职为 null")


class MeView(BaseModel):
    """Who I am."""

    person_id: str
    name: str
    posts: list[HeldPost]


@router.get("", summary="本人与岗位", operation_id="get_me", responses=responses.READ)
async def me(person: Caller) -> MeView:
    """本人的姓名、现任岗位和此刻代理的岗位。"""
    posts = [
        HeldPost(
            id=held.post_id,
            title=person.titles[held.post_id],
            role=held.role,
            role_label=held.role.label,
            unit_id=held.unit_id,
            on_behalf_of=person.principals.get(held.on_behalf_of or ""),
        )
        for held in person.actor.holdings
    ]
    return MeView(person_id=person.actor.person_id, name=person.name, posts=posts)


@router.get("/work", summary="我的待办", operation_id="list_my_work", responses=responses.READ)
async def work(
    person: Caller,
    services: Wired,
    cursor: Annotated[str | None, Query(pattern=patterns.HAZARD_ID, description="上一页的 next")] = None,
    limit: Limit = 20,
) -> views.Page[views.HazardView]:
    """等待本人所任岗位办理的隐患，先到期的在前。"""
    posts = [held.post_id for held in person.actor.holdings]
    visible = access.visible_units("get_hazard", person.actor)
    cases = await services.read_model.work(posts, visible, cursor, limit + 1)
    return page(cases, person.actor, services.clock(), limit)
