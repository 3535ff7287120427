"""What clients send to act on the time of a case: extensions, deferrals, acknowledgements, answers to slips."""

from pydantic import Field

from domain.evidence import EvidenceKind
from services.api.bodies import Act, Noted, Reasoned, citing, like
from services.api.parameters import Day
from services.api.patterns import SlipId, Text


class Until(Reasoned):
    """An action that needs a reason and a day."""

    until: Day = Field(description="日期（当地），如 2026-12-31")


class Extend(Until):
    """申请延期."""

    model_config = like(
        reason="更换防火门须定制，厂家交货期二十日",
        until="2026-12-31",
        evidence=citing(EvidenceKind.EXTENSION),
    )


class GrantExtension(Act):
    """批准延期."""

    model_config = like(note="同意延期，期间落实看护措施")

    note: Text | None = Field(default=None, description="审批意见")


class Defer(Until):
    """暂缓办理，到日自动恢复."""

    model_config = like(reason="供暖期内不宜停炉，采暖结束后办理", until="2027-04-16")


class Acknowledge(Act):
    """签收督办."""

    model_config = like(note="已知悉，正在督促")

    note: Text | None = Field(default=None, description="情况说明")


class Reply(Noted):
    """回复督办单."""

    model_config = like(slip="DB-2026-000123-01", note="已约谈责任人，本周内完成")

    slip: SlipId = Field(description="督办单号")
