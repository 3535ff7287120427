"""What clients send about bulletins: one model per action, with exactly the fields that the action knows."""

from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from domain.bulletin import Action
from domain.bulletin.checks import MOST_DEMANDS
from domain.collection import Outcome
from domain.evidence import EvidenceKind
from services.api.bodies import Evidence, citing, like
from services.api.patterns import Code, CollectionId, Line, Text, Url

_PROOF: Final = citing(EvidenceKind.OTHER)


class DraftBulletin(BaseModel):
    """Which collection a bulletin is to be drafted about."""

    model_config = like(collection_id="SJ-2026-000001")

    collection_id: CollectionId = Field(description="已截止的收集")


class BulletinAct(BaseModel):
    """An action that needs nothing more."""

    model_config = like()


class Amend(BulletinAct):
    """修改文稿."""

    model_config = like(
        title="示例区民政局关于国庆节期间值班表报送情况的通报", demands=["请上述单位于明日12时前补报。"]
    )

    title: Line | None = Field(default=None, description="标题；不填不改")
    demands: list[Text] | None = Field(
        default=None, max_length=MOST_DEMANDS, description="工作要求，逐段；不填不改"
    )


class Decide(BulletinAct):
    """认定材料不合格的单位是否点名."""

    model_config = like(unit_id="ec01", named=True, reason="未加盖单位公章，退回后未补正")

    unit_id: Code = Field(description="材料不合格的单位")
    named: StrictBool = Field(description="是否在通报中点名")
    reason: Text = Field(description="认定的理由，点名时写入名单")


class BulletinReasoned(BulletinAct):
    """An action that needs a reason."""

    model_config = like(reason="表述需修改")

    reason: Text = Field(description="理由")


class CorrectedUnit(BaseModel):
    """A unit that the list had wrong."""

    model_config = ConfigDict(extra="forbid")

    unit_id: Code = Field(description="单位")
    outcome: Outcome = Field(description="更正为")
    received_at: AwareDatetime | None = Field(
        default=None, description="实际收到时间；更正为按时或迟报时必填，其余不填"
    )
    reason: Text = Field(description="核实的情况")


class Correct(BulletinAct):
    """拟更正通报."""

    model_config = like(
        units=[
            {
                "unit_id": "ec01",
                "outcome": "on_time",
                "received_at": "2026-09-29T11:20:00+08:00",
                "reason": "经核实，工作群中已于期限内报送",
            }
        ],
        evidence=_PROOF,
    )

    units: Annotated[list[CorrectedUnit], Field(min_length=1, max_length=100, description="要更正的单位")]
    evidence: Evidence


class SupplementedUnit(BaseModel):
    """A unit that came in after cut-off."""

    model_config = ConfigDict(extra="forbid")

    unit_id: Code = Field(description="单位")
    received_at: AwareDatetime = Field(description="补报的收到时间，在截止之后")
    reason: Text = Field(description="补报的情况")


class Supplement(BulletinAct):
    """拟补充通报."""

    model_config = like(
        units=[{"unit_id": "ec01", "received_at": "2026-09-30T09:05:00+08:00", "reason": "已补报值班表"}]
    )

    units: Annotated[list[SupplementedUnit], Field(min_length=1, max_length=100, description="补报的单位")]
    evidence: Evidence


class Publish(BulletinAct):
    """登记公开发布（如微信公众号）."""

    model_config = like(url="https://mp.weixin.qq.com/s/example")

    url: Url = Field(description="公开发布的网址")


BODIES: Final[dict[Action, type[BulletinAct]]] = {
    Action.AMEND: Amend,
    Action.DECIDE: Decide,
    Action.REVIEW: BulletinAct,
    Action.RETURN: BulletinReasoned,
    Action.SIGN: BulletinAct,
    Action.ISSUE: BulletinAct,
    Action.CORRECT: Correct,
    Action.SUPPLEMENT: Supplement,
    Action.WITHDRAW: BulletinReasoned,
    Action.PUBLISH: Publish,
}


class PolicyOfBulletins(BaseModel):
    """通报规定."""

    model_config = like(
        organ="示例区民政局",
        flag="示例区民政局文件",
        code="示例民发",
        addressees="全区各民政服务机构、服务场所",
        copies_to="示例区安全生产委员会办公室",
        printer="示例区民政局办公室",
        demands=["请上述单位认真查找原因。"],
    )

    organ: Line = Field(description="发文机关署名")
    flag: Line = Field(description="发文机关标志（红头）")
    code: Annotated[Line, Field(max_length=20)] = Field(description="机关代字，写在发文字号前")
    addressees: Line = Field(description="主送机关，不带冒号")
    copies_to: Line | None = Field(default=None, description="抄送机关；没有为 null")
    printer: Line = Field(description="印发机关")
    demands: list[Text] = Field(max_length=MOST_DEMANDS, description="拟稿时写入的工作要求，逐段")
    automatic: StrictBool = Field(default=False, description="没有须认定的事项时是否自动核稿、签发；默认否")
    wait_hours: Annotated[int, Field(strict=True, ge=1, le=720)] = Field(
        default=24, description="文稿停留几小时后提醒，以后间隔逐次加倍"
    )
    chase_hours: Annotated[int, Field(strict=True, ge=1, le=720)] = Field(
        default=24, description="印发几小时后向未签收的单位催阅，以后间隔逐次加倍"
    )
    chase_at_most: Annotated[int, Field(strict=True, ge=0, le=20)] = Field(
        default=6, description="至多催阅几次"
    )
