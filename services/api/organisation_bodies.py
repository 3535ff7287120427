"""What clients send to change the organisation, and what they read of it.

Invariant: a row has the same fields here and in a file (``adapters/postgres/organisation_document.py``).
"""

from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StrictBool
from pydantic_core import PydanticCustomError

from domain.people import Role
from services.api import parameters, patterns


def _told(words: str, *examples: dict[str, JsonValue]) -> ConfigDict:
    extra: dict[str, JsonValue] = {"description": words}
    return ConfigDict(
        extra="forbid", json_schema_extra=extra | ({"examples": list(examples)} if examples else {})
    )


def _within(instant: datetime) -> datetime:
    """An instant that exists in every zone."""
    if not _FIRST <= instant.year <= _LAST:
        raise PydanticCustomError("datetime_out_of_range", "no year of ours")
    return instant


def _day_within(day: date) -> date:
    if not _FIRST <= day.year <= _LAST:
        raise PydanticCustomError("date_out_of_range", "no year of ours")
    return day


_FIRST, _LAST = 1970, 9998
Instant = Annotated[AwareDatetime, AfterValidator(_within)]
Day = Annotated[parameters.Day, AfterValidator(_day_within)]


class KindRow(BaseModel):
    """A kind of unit."""

    model_config = _told("单位类别")
    code: patterns.Code = Field(description="类别代码")
    label: patterns.Line = Field(description="类别名称")
    inspected: StrictBool = Field(description="该类单位是否受检")


class AreaRow(BaseModel):
    """A town or another area."""

    model_config = _told("镇、街道或片区")
    id: patterns.Code = Field(description="编号")
    name: patterns.Line = Field(description="名称")
    team_post: patterns.Code | None = Field(default=None, description="包片督导组的岗位")


class UnitRow(BaseModel):
    """A unit."""

    model_config = _told("单位")
    id: patterns.Code = Field(description="编号")
    name: patterns.Line = Field(description="名称")
    kind: patterns.Code = Field(description="单位类别")
    district: patterns.Line = Field(description="所在区划")
    unit_post: patterns.Code = Field(description="默认整改责任岗位")
    team_post: patterns.Code | None = Field(
        default=None, description="包联督导组的岗位；不填则由片区的督导组包联"
    )
    area_id: patterns.Code | None = Field(default=None, description="所在镇或片区")


class PostRow(BaseModel):
    """A post."""

    model_config = _told("岗位")
    id: patterns.Code = Field(description="编号")
    title: patterns.Line = Field(description="岗位名称")
    role: Role = Field(description="岗位职责")
    unit_id: patterns.Code = Field(description="所属单位")
    seats: int = Field(default=1, ge=1, le=1000, description="名额")
    bound_to: patterns.Code | None = Field(default=None, description="由哪个岗位的在任者兼任")
    area_id: patterns.Code | None = Field(default=None, description="负责的镇或片区")
    valid_from: Instant | None = Field(default=None, description="岗位自何时设立")
    valid_to: Instant | None = Field(default=None, description="岗位至何时撤销")


class PersonRow(BaseModel):
    """A person."""

    model_config = _told("人员")
    id: patterns.Code = Field(description="编号，不含个人信息")
    name: patterns.Line = Field(description="姓名")


class HolderRow(BaseModel):
    """Who holds a post."""

    model_config = _told("任职：列出某岗位，即列全该岗位此后的在任者")
    post_id: patterns.Code = Field(description="岗位")
    person_id: patterns.Code = Field(description="人员")
    valid_from: Instant | None = Field(default=None, description="自何时任职；不填为已在任，或自此刻起")
    valid_to: Instant | None = Field(default=None, description="至何时离任")


class SubstitutionRow(BaseModel):
    """Who stands in for whom."""

    model_config = _told("代理：列出某岗位，即列全该岗位此后的代理")
    post_id: patterns.Code = Field(description="代理的岗位")
    absent_id: patterns.Code = Field(description="被代理人")
    substitute_id: patterns.Code = Field(description="代理人")
    first_day: Day = Field(description="首日（当地日期）")
    last_day: Day = Field(description="末日（当地日期，含当日）")


class DeskRow(BaseModel):
    """Which post stands for the district."""

    model_config = _told("常设岗位")
    name: str = Field(
        pattern=r"^(office|closing_authority|deputy|leader)$",
        description="office 办公室、closing_authority 销号、deputy 副组长、leader 组长",
    )
    post_id: patterns.Code = Field(description="岗位")


_MOST: Final = 100
"""Rows of one table in one change; what is longer is a file's work."""


class Document(BaseModel):
    """Rows of the organisation."""

    model_config = _told("组织中的各行，未列出的不变")
    unit_kinds: list[KindRow] = Field(default_factory=list, max_length=_MOST, description="单位类别")
    areas: list[AreaRow] = Field(default_factory=list, max_length=_MOST, description="镇、街道与片区")
    units: list[UnitRow] = Field(default_factory=list, max_length=_MOST, description="单位")
    posts: list[PostRow] = Field(default_factory=list, max_length=_MOST, description="岗位")
    people: list[PersonRow] = Field(default_factory=list, max_length=_MOST, description="人员")
    holders: list[HolderRow] = Field(default_factory=list, max_length=_MOST, description="任职")
    substitutions: list[SubstitutionRow] = Field(default_factory=list, max_length=_MOST, description="代理")
    desks: list[DeskRow] = Field(default_factory=list, max_length=_MOST, description="常设岗位")


class EditBody(BaseModel):
    """A change of the organisation."""

    model_config = _told(
        "对组织的一次调整",
        {
            "expected_version": 0,
            "reason": "人员变动",
            "document": {"holders": [{"post_id": "deputy", "person_id": "p-team3b"}]},
        },
    )
    document: Document = Field(description="要改成的样子")
    expected_version: int = Field(
        strict=True, ge=0, le=2**31 - 2, description="所见的调整版次；所改各行此后若已被他人改动则拒绝"
    )
    reason: patterns.Line | None = Field(default=None, description="调整的依据或缘由")
    takes: dict[patterns.Code, patterns.Code] = Field(
        default_factory=dict, max_length=100, description="将无人在任的岗位由谁接手：岗位 → 人员"
    )


class DifferenceView(BaseModel):
    """One row that differs."""

    model_config = _told("变动的一行")
    table: str = Field(description="哪张表")
    row: str = Field(description="哪一行")
    before: dict[str, JsonValue] | None = Field(description="变动前；新增为 null")
    after: dict[str, JsonValue] | None = Field(description="变动后；删去为 null")


class EditedView(BaseModel):
    """What a change does."""

    model_config = _told("一次调整的结果")
    version: int = Field(description="调整后的版次；没有变动或试算时不变")
    dry_run: bool = Field(description="是否试算")
    differences: list[DifferenceView] = Field(description="变动的各行")


class OrganisationView(BaseModel):
    """The organisation as it is."""

    model_config = _told("现在的组织，document 可改后原样提交")
    version: int = Field(description="调整版次，提交时填入 expected_version")
    document: dict[str, JsonValue] = Field(description="各行，写法同调整的 document")


class OrganisationEditView(BaseModel):
    """A change that was made."""

    model_config = _told("已作的一次调整")
    version: int = Field(description="第几次调整")
    at: datetime = Field(description="何时")
    person: str | None = Field(description="何人；由文件调整为 null")
    post: str | None = Field(description="以何岗位")
    on_behalf_of: str | None = Field(description="代谁办理")
    channel: str = Field(description="途径：api 接口、file 文件")
    reason: str | None = Field(description="依据或缘由")
    differences: list[DifferenceView] = Field(description="变动的各行")


def rows(document: Document) -> dict[str, list[dict[str, Any]]]:
    """The document as rows, what was not given left out."""
    found: dict[str, list[dict[str, Any]]] = document.model_dump(exclude_none=True)
    return found
