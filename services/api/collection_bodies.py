"""What clients send about collections: a plan, a submission, a decision.

Invariant: an unknown field is refused by name; what stands in a form is judged by the form of its kind.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, StrictInt

from services.api.bodies import Evidence, Reasoned, like
from services.api.parameters import Day, Instant
from services.api.patterns import Code, Line, Text


class ExemptBody(BaseModel):
    """A unit that need not submit, and why."""

    model_config = ConfigDict(extra="forbid")

    unit_id: Code = Field(description="单位")
    reason: Line = Field(description="免报理由")


class AudienceBody(BaseModel):
    """Which units are asked (应报范围)."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[Code] = Field(default_factory=list, max_length=20, description="单位类别；不填为全部")
    units: list[Code] = Field(default_factory=list, max_length=500, description="只限这些单位；不填为全部")
    inspected_from: Day | None = Field(
        default=None, description="只限自该日（当地）起经实地检查发现隐患的单位"
    )
    inspected_to: Day | None = Field(default=None, description="至该日（当地，含当日）")
    exempt: list[ExemptBody] = Field(default_factory=list, max_length=100, description="免报的单位")
    words: Line = Field(default="全区各民政服务机构", description="范围的文字表述，写入依据")


class CollectionBody(BaseModel):
    """A collection as it is to be (新建收集)."""

    model_config = like(
        kind="duty_roster",
        title="国庆假期值班表",
        basis="示例民发〔2026〕18号",
        opens_at="2026-09-23T09:00:00+08:00",
        due_at="2026-09-29T11:30:00+08:00",
        cut_off_at="2026-09-29T18:00:00+08:00",
        wording="9月29日（星期二）11:30前",
        contact_post="office",
        contact_phone="010-55550100",
        covers_from="2026-10-01T00:00:00+08:00",
        covers_to="2026-10-08T00:00:00+08:00",
    )

    kind: Code = Field(description="收集种类，见 /v1/collection-kinds")
    title: Line = Field(description="标题")
    basis: Line = Field(description="依据：文件名称与文号")
    opens_at: Instant = Field(description="开启时刻")
    due_at: Instant = Field(description="到期时刻；该时刻当刻报送为按时")
    cut_off_at: Instant | None = Field(default=None, description="截止时刻，其后一律不收；不填即到期时刻")
    wording: Line | None = Field(
        default=None, description="通知原文的时限表述，其中的日期、星期、时刻须与到期时刻一致"
    )
    grace_minutes: Annotated[StrictInt, Field(ge=0, le=1440)] = Field(default=0, description="宽限分钟数")
    audience: AudienceBody = Field(default_factory=AudienceBody, description="应报范围")
    contact_post: Code = Field(description="联系岗位")
    contact_phone: Line = Field(description="联系电话（座机）")
    covers_from: Instant | None = Field(default=None, description="值班表须覆盖的起始时刻")
    covers_to: Instant | None = Field(default=None, description="值班表须覆盖的终止时刻")
    subject: Line | None = Field(default=None, description="所针对的事项，如须阅知的通报文号")


class SubmissionBody(BaseModel):
    """A submission of the own unit (报送)."""

    model_config = like(content={"incidents": 1, "description": "一名老人跌倒，已送医"}, unit_id="ec01")

    unit_id: Code | None = Field(default=None, description="单位；本人只属一个单位时可不填")
    content: dict[str, JsonValue] = Field(
        default_factory=dict, max_length=100, description="按该种类的表单填写"
    )
    is_zero: StrictBool = Field(default=False, description="零报告：明确报告没有发生，与未报不同")
    reason: Text | None = Field(default=None, description="更正的理由；报送第二版起必填")
    evidence: Evidence


class RegistrationBody(SubmissionBody):
    """A submission that came by the group, registered by the office (代登记)."""

    model_config = like(
        unit_id="ec01", content={}, is_zero=True, received_at="2026-09-29T11:20:00+08:00", evidence=[]
    )

    unit_id: Code = Field(description="单位")
    received_at: Instant = Field(description="工作群消息本身的时间；须附截图")


class ExtendUnit(Reasoned):
    """More time for one unit (单位延期)."""

    model_config = like(unit_id="ec01", until="2026-09-29T15:00:00+08:00", reason="公章外出办事")

    unit_id: Code = Field(description="单位")
    until: Instant = Field(description="延至何时，不得超过截止时刻")


class OneUnit(Reasoned):
    """A decision about one unit, with its reason."""

    model_config = like(unit_id="ec01", reason="停业装修")

    unit_id: Code = Field(description="单位")


class ReturnUnit(BaseModel):
    """What a reviewer found wrong (退回)."""

    model_config = like(unit_id="ec01", reasons=["没有加盖公章"])

    unit_id: Code = Field(description="单位")
    reasons: list[Line] = Field(min_length=1, max_length=20, description="逐条写明哪里不合格")


class AcceptUnit(BaseModel):
    """A submission that is in order (审核通过)."""

    model_config = like(unit_id="ec01")

    unit_id: Code = Field(description="单位")


class RosterBody(BaseModel):
    """A roster to be checked, not submitted (试检)."""

    model_config = like(
        covers_from="2026-10-01T00:00:00+08:00", covers_to="2026-10-08T00:00:00+08:00", content={}
    )

    covers_from: Instant = Field(description="须覆盖的起始时刻")
    covers_to: Instant = Field(description="须覆盖的终止时刻")
    content: dict[str, JsonValue] = Field(max_length=100, description="值班表的表单")
