"""What clients send: one model per action, with exactly the fields that the action knows.

Invariant: an unknown field is refused by name, text has a length and no control characters.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool

from domain.evidence import EvidenceKind
from domain.terms import ReopenClock
from services.api.patterns import Code, FileId, HazardId, Line, Text


def like(**example: JsonValue) -> ConfigDict:
    """The configuration of a body with an example; what is not in the model is refused."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


def citing(kind: EvidenceKind) -> JsonValue:
    """A citation for an example."""
    return [{"file_id": "f-0123456789abcdef0123456789abcdef", "kind": kind.value}]


class Cited(BaseModel):
    """A file cited as evidence."""

    model_config = ConfigDict(extra="forbid")

    file_id: FileId = Field(description="上传后得到的文件编号")
    kind: EvidenceKind = Field(description="证明什么")


Evidence = Annotated[list[Cited], Field(default_factory=list, max_length=20, description="佐证材料")]


class Report(BaseModel):
    """A hazard as found (发现上报)."""

    model_config = like(
        unit_id="ec01",
        place="一楼厨房",
        category="fire",
        item="fire-exit",
        description="安全出口被货架堵塞",
        level="general",
        evidence=citing(EvidenceKind.BEFORE_PHOTO),
    )

    unit_id: Code = Field(description="被检查单位")
    place: Line = Field(description="部位")
    category: Code = Field(description="隐患类别，见 /v1/categories")
    item: Code | None = Field(
        default=None, description="检查项；同一单位、同一地点、同一检查项在办时不重复立案"
    )
    description: Text = Field(description="隐患描述")
    level: Code = Field(default="general", description="隐患等级，见 /v1/categories")
    fixed_on_spot: StrictBool = Field(default=False, description="立行立改：须有整改前、后照片，仍须他人复查")
    evidence: Evidence


class Act(BaseModel):
    """What every action may carry."""

    model_config = ConfigDict(extra="forbid")

    evidence: Evidence


class Reasoned(Act):
    """An action that needs a reason."""

    model_config = like(reason="现场情况与要求不符，详见照片")

    reason: Text = Field(description="理由")


class Noted(Act):
    """An action that needs a description."""

    model_config = like(note="货架已移走，通道恢复畅通", evidence=citing(EvidenceKind.AFTER_PHOTO))

    note: Text = Field(description="情况说明")


class Confirm(Act):
    """核实确认."""

    model_config = like(note="现场核实属实", level="general")

    note: Text | None = Field(default=None, description="核实意见")
    level: Code | None = Field(default=None, description="核定的等级")


class Transfer(Reasoned):
    """移交其他部门（安全生产法第六十九条）."""

    model_config = like(
        reason="属消防部门职责",
        department="示例区消防救援大队",
        receipt_number="示例消收〔2026〕7号",
        evidence=citing(EvidenceKind.RECEIPT),
    )

    department: Line = Field(description="接收部门")
    receipt_number: Line = Field(description="移交回执号")


class Merge(Reasoned):
    """并入另一案."""

    model_config = like(reason="同一处问题重复上报", into="YH-2026-000123")

    into: HazardId = Field(description="并入的案号，须为同一单位的在办隐患")


class Regrade(Reasoned):
    """调整等级."""

    model_config = like(reason="经复核符合重大隐患判定标准", level="major")

    level: Code = Field(description="新的等级")


class Assign(Act):
    """派发整改."""

    model_config = like(post="ec01-safety", note="请立即清理并举一反三")

    post: Code = Field(description="整改责任岗位，须属于该单位")
    closing_authority: Code | None = Field(default=None, description="重大隐患的销号岗位")
    note: Text | None = Field(default=None, description="整改要求")


class Reassign(Reasoned):
    """转派."""

    model_config = like(reason="原岗位人员离岗", post="ec01-head")

    post: Code = Field(description="新的整改责任岗位")


_PLAN: Final[JsonValue] = {
    "responsibility": "主要负责人牵头，安全员具体负责",
    "measures": "拆除彩钢板房间，老人转移至二层",
    "funds": "自筹12万元",
    "time_limit": "三十日内完成",
    "emergency_plan": "拆除期间夜间每两小时巡查一次",
}


class PlanItems(BaseModel):
    """五落实（暂行规定第十五条）."""

    model_config = ConfigDict(extra="forbid")

    responsibility: Text = Field(description="责任落实")
    measures: Text = Field(description="措施落实")
    funds: Text = Field(description="资金落实")
    time_limit: Text = Field(description="时限落实")
    emergency_plan: Text = Field(description="预案落实")


class Plan(Act):
    """报送治理方案，由主要负责人组织制定."""

    model_config = like(plan=_PLAN, evidence=citing(EvidenceKind.PLAN))

    plan: PlanItems


class HandOver(Act):
    """转交签领."""

    model_config = like(successor="p-team1b", note="本人公出，请接续复查")

    successor: Code = Field(description="接手人，须在任或代理同一岗位")
    note: Text | None = Field(default=None, description="交接说明")


class Start(Act):
    """开始整改."""

    model_config = like(note="已安排人员清理")

    note: Text | None = Field(default=None, description="情况说明")


class Reopen(Reasoned):
    """反销号."""

    model_config = like(reason="回头看发现同一位置再次堵塞", clock="restart")

    clock: ReopenClock | None = Field(
        default=None, description="restart 重新计时，continue 沿用原时限；不填按政策"
    )


class SupervisionBody(BaseModel):
    """挂牌督办信息."""

    model_config = ConfigDict(extra="forbid")

    level: Line = Field(description="督办级别", examples=["区级"])
    organ: Line = Field(description="督办机关")
    document_number: Line = Field(description="督办文号")


class Supervise(Act):
    """挂牌督办."""

    model_config = like(
        supervision={
            "level": "区级",
            "organ": "示例区安全生产委员会",
            "document_number": "示例安委督〔2026〕1号",
        }
    )

    supervision: SupervisionBody
    note: Text | None = Field(default=None, description="督办要求")
