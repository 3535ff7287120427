"""Units, posts and dictionaries."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from domain import access
from domain.people import Role
from services.api import patterns, responses
from services.api.deps import Caller, Limit, Wired
from services.api.door import Door
from services.api.editors import editor
from services.api.views import Page

router = APIRouter(prefix="/v1", tags=["单位、岗位与目录"], route_class=Door)

Cursor = Annotated[str | None, Query(pattern=patterns.CODE, description="上一页的 next")]


class UnitView(BaseModel):
    """An inspected unit, or the bureau itself."""

    id: str
    name: str
    kind: str = Field(description="养老 elderly_care、殡葬 funeral、直属 subordinate、机关 bureau")
    district: str
    unit_post: str = Field(description="默认整改责任岗位")
    team_post: str | None = Field(description="包联督导组；尚无督导组包联为 null")


class PostView(BaseModel):
    """A post and who holds it now."""

    id: str
    title: str
    role: Role
    unit_id: str
    holders: list[str] = Field(description="在任者")


class LevelView(BaseModel):
    """A hazard level."""

    code: str
    version: int
    label: str
    major: bool = Field(description="是否适用重大隐患的规定")
    basis: str = Field(description="依据")


class CategoryView(BaseModel):
    """A hazard category in an inspection domain."""

    code: str
    version: int
    domain: str = Field(description="检查领域")
    label: str
    basis: str


class CriterionView(BaseModel):
    """A check item with the level that it indicates."""

    code: str
    version: int
    category: str
    level: str
    label: str
    basis: str


class DictionaryView(BaseModel):
    """Levels, categories and criteria in force now."""

    levels: list[LevelView]
    categories: list[CategoryView]
    criteria: list[CriterionView]


@router.get("/units", summary="单位", operation_id="list_units", responses=responses.READ)
async def units(person: Caller, services: Wired, cursor: Cursor = None, limit: Limit = 50) -> Page[UnitView]:
    """本人可见的单位。"""
    visible = access.visible_units("list_units", person.actor)
    rows = await services.directory.units(visible, cursor or "", limit + 1)
    items = [UnitView(**row) for row in rows[:limit]]
    return Page(items=items, next=items[-1].id if len(rows) > limit else None)


@router.get("/posts", summary="岗位", operation_id="list_posts", responses=responses.READ)
async def posts(person: Caller, services: Wired, cursor: Cursor = None, limit: Limit = 50) -> Page[PostView]:
    """本人可见的岗位与在任者。"""
    visible = access.visible_units("list_posts", person.actor)
    rows = await services.directory.posts(visible, services.clock(), cursor or "", limit + 1)
    items = [PostView(**row) for row in rows[:limit]]
    return Page(items=items, next=items[-1].id if len(rows) > limit else None)


@router.get(
    "/categories", summary="等级、类别与判定标准", operation_id="list_categories", responses=responses.READ
)
async def categories(_person: Caller, services: Wired) -> DictionaryView:
    """现行有效的等级、类别与判定标准，各附依据。"""
    return DictionaryView.model_validate(await services.dictionary.all(services.clock()))


class WarningView(BaseModel):
    """Something that will hurt later."""

    code: str = Field(description="稳定的英文代码")
    about: str = Field(description="关于哪一行：岗位、单位、等级或地区")
    message: str = Field(description="给人看的一句话")


class WarningsView(BaseModel):
    """What an administrator should know."""

    items: list[WarningView]


@router.get("/warnings", summary="提醒", operation_id="list_warnings", responses=responses.WARNINGS)
async def warnings(person: Caller, services: Wired) -> WarningsView:
    """无人在任的岗位、到不了人的督办阶梯、将尽的日历：今日不妨碍办案，放着就会误事。"""
    now = services.clock()
    editor(person, now)
    return WarningsView(items=[WarningView(**vars(one)) for one in await services.warnings.all(now)])
