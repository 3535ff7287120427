"""What clients send: one model per action, with exactly the fields that the action knows.

Invariant: an unknown field is refused by name, text has a length and no control characters.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.evidence import EvidenceKind
from domain.hazard import Action
from domain.terms import ReopenClock

HAZARD_ID_PATTERN: Final = r"^YH-[0-9]{4}-[0-9]{6,9}$"
FILE_ID_PATTERN: Final = r"^f-[0-9a-f]{32}$"
CODE_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
# Something visible, and no control characters (PostgreSQL takes no NUL; the rest deceive readers).
TEXT_PATTERN: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]*$"

HazardId = Annotated[str, StringConstraints(pattern=HAZARD_ID_PATTERN)]
FileId = Annotated[str, StringConstraints(pattern=FILE_ID_PATTERN)]
Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=TEXT_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=TEXT_PATTERN)]


class Cited(BaseModel):
    """A file cited as evidence."""

    model_config = ConfigDict(extra="forbid")

    file_id: FileId = Field(description="上传后得到的文件编号")
    kind: EvidenceKind = Field(description="证明什么")


Evidence = Annotated[list[Cited], Field(default_factory=list, max_length=20, description="佐证材料")]


class Report(BaseModel):
    """A hazard as found (发现上报)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "unit_id": "ec01",
                    "place": "一楼厨房",
                    "category": "fire",
                    "item": "fire-exit",
                    "description": "安全出口被货架堵塞",
                    "level": "general",
                }
            ]
        },
    )

    unit_id: Code = Field(description="被检查单位")
    place: Line = Field(description="部位")
    category: Code = Field(description="隐患类别，见 /v1/categories")
    item: Code | None = Field(
        default=None, description="检查项；同一单位、同一地点、同一检查项在办时不重复立案"
    )
    description: Text = Field(description="隐患描述")
    level: Code = Field(default="general", description="隐患等级，见 /v1/categories")
    fixed_on_spot: bool = Field(default=False, description="立行立改：须有整改前、后照片，仍须他人复查")
    evidence: Evidence


class Act(BaseModel):
    """What every action may carry."""

    model_config = ConfigDict(extra="forbid")

    evidence: Evidence


class Reasoned(Act):
    """An action that needs a reason."""

    reason: Text = Field(description="理由")


class Noted(Act):
    """An action that needs a description."""

    note: Text = Field(description="情况说明")


class Confirm(Act):
    """核实确认."""

    note: Text | None = Field(default=None, description="核实意见")
    level: Code | None = Field(default=None, description="核定的等级")


class Transfer(Reasoned):
    """移交其他部门（安全生产法第六十九条）."""

    department: Line = Field(description="接收部门")
    receipt_number: Line = Field(description="移交回执号")


class Merge(Reasoned):
    """并入另一案."""

    into: HazardId = Field(description="并入的案号，须为同一单位的在办隐患")


class Regrade(Reasoned):
    """调整等级."""

    level: Code = Field(description="新的等级")


class Assign(Act):
    """派发整改."""

    post: Code = Field(description="整改责任岗位，须属于该单位")
    closing_authority: Code | None = Field(default=None, description="重大隐患的销号岗位")
    note: Text | None = Field(default=None, description="整改要求")


class Reassign(Reasoned):
    """转派."""

    post: Code = Field(description="新的整改责任岗位")


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

    plan: PlanItems


class Start(Act):
    """开始整改."""

    note: Text | None = Field(default=None, description="情况说明")


class Reopen(Reasoned):
    """反销号."""

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

    supervision: SupervisionBody
    note: Text | None = Field(default=None, description="督办要求")


BODIES: Final[dict[Action, type[Act]]] = {
    Action.CONFIRM: Confirm,
    Action.DISMISS: Reasoned,
    Action.TRANSFER: Transfer,
    Action.MERGE: Merge,
    Action.REGRADE: Regrade,
    Action.ASSIGN: Assign,
    Action.REASSIGN: Reassign,
    Action.PLAN: Plan,
    Action.CONTROL: Noted,
    Action.START: Start,
    Action.SUBMIT: Noted,
    Action.PASS: Noted,
    Action.RETURN: Reasoned,
    Action.CLOSE: Noted,
    Action.REOPEN: Reopen,
    Action.SUPERVISE: Supervise,
    Action.LIFT_SUPERVISION: Reasoned,
    Action.SUSPEND_USE: Reasoned,
    Action.RESUME_USE: Reasoned,
    Action.NOTE: Noted,
}
