"""What the OpenAPI document calls the things of collections, in Chinese.

Invariant: as in ``services/api/wording.py``, which takes these words in.
"""

from collections.abc import Iterable
from typing import Final

from domain.collection import Consequence, Counted, Outcome, Phase, Via
from domain.collection.series import Cadence, CatchUp, DaysOff


def _all(
    intro: str, members: Iterable[Consequence | Counted | Outcome | Phase | Via | Cadence | CatchUp | DaysOff]
) -> str:
    return f"{intro}：" + "、".join(f"{member.value} {member.label}" for member in members)


SCHEMAS: Final = {
    "Consequence": _all("截止后的处理", Consequence),
    "Counted": _all("退回后重报的，以哪一次报送的时间为准", Counted),
    "Outcome": _all("单位在名单上的情况", Outcome),
    "Phase": _all("收集所处的阶段", Phase),
    "Via": _all("报送途径", Via),
    "Cadence": _all("多久一次", Cadence),
    "CatchUp": _all("系统恢复后的处理", CatchUp),
    "DaysOff": _all("遇节假日的处理", DaysOff),
    "DutyView": "一个单位的值班",
    "FindingView": "值班表的一个问题",
    "FindingsView": "值班表的全部问题",
    "PeriodView": "一个周期的处理",
    "SeriesBody": "要新建的一项周期收集",
    "SeriesView": "一项周期收集",
    "ShiftView": "一个班次",
    "Page_SeriesView_": "一页周期收集",
    "Page_ShiftView_": "一页在班的班次",
    "AcceptUnit": "审核通过一个单位的报送",
    "AudienceBody": "应报范围",
    "CollectionBody": "要新建的一项收集",
    "CollectionView": "一项限时收集",
    "CountsOfCollection": "各种情况的单位数；名单数为其余五项之和",
    "CreatedView": "新建收集的答复",
    "ExemptBody": "免报的一个单位",
    "ExtendUnit": "一个单位的延期",
    "KindView": "一个收集种类",
    "OneUnit": "对一个单位的决定及理由",
    "ReceiptView": "报送的回执",
    "RegistrationBody": "代登记的一份报送",
    "ReturnUnit": "退回一个单位的报送",
    "RosterBody": "要试检的值班表",
    "StandingView": "一个单位在收集中的情况",
    "StatusView": "收集此刻的进度",
    "StepView": "收集办理过程中的一步",
    "SubmissionBody": "一份报送",
    "SubmissionView": "报送的一版材料",
    "Page_CollectionView_": "一页收集",
    "Page_StandingView_": "一页单位情况",
    "Page_StepView_": "一页办理过程",
    "Page_SubmissionView_": "一页报送的材料",
}

FIELDS: Final = {
    "cadence": "多久一次",
    "catch_up": "系统恢复后的处理",
    "collection_id": "收集编号",
    "days_off": "遇节假日的处理",
    "counts": "各种情况的单位数",
    "outcome": "单位在名单上的情况",
    "phase": "阶段",
    "standing": "报送后该单位的情况",
}
