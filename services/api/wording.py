"""What the OpenAPI document calls things, in Chinese: every schema and every field, each word in one place.

Invariant: a field name means the same wherever it stands; a test proves that nothing is left without words.
"""

from collections.abc import Iterable
from typing import Any, Final, Protocol

from domain.access_log import AccessKind
from domain.events import EventKind
from domain.evidence import EvidenceKind, MediaType
from domain.hazard import Action, Decision, Stage, StepKind
from domain.ladder import ClockKind, Colour
from domain.notices import NoticeKind
from domain.people import Role
from domain.workdays import DayKind
from services.api import (
    bulletin_wording,
    collection_wording,
    delivery_words,
    identity_wording,
    webhook_wording,
)
from services.api.bulk_words import BULK


class _Labelled(Protocol):
    @property
    def value(self) -> Any: ...

    @property
    def label(self) -> str: ...


def _all(intro: str, members: Iterable[_Labelled]) -> str:
    return f"{intro}：" + "、".join(f"{member.value} {member.label}" for member in members)


SCHEMAS: Final = {
    "Action": _all("办理事项", Action),
    "ClockKind": _all("时限种类", ClockKind),
    "Colour": _all("督办颜色", Colour),
    "DayKind": _all("该日", DayKind),
    "Decision": _all("延期申请的结果", Decision),
    "EventKind": _all("事件出自哪类记录", EventKind),
    "NoticeKind": _all("通知种类", NoticeKind),
    "StepKind": _all("系统自动办理的事项", StepKind),
    "EvidenceKind": _all("佐证材料的用途", EvidenceKind),
    "Role": _all("岗位职责", Role),
    "Stage": _all("环节", Stage),
    "MediaType": "接受的文件类型，按内容判断：" + "、".join(media.value for media in MediaType),
    "ReopenClock": "反销号后的时限：restart 重新计时、continue 沿用原时限",
    "Verdict": "复查结论：passed 通过、returned 退回",
    "AllowedView": "本人此刻可以办理的一个事项",
    "Body_upload_file": "要上传的文件",
    "CategoryView": "隐患类别",
    "CalendarDayView": "登记的一个例外日",
    "CalendarView": "一个地区的工作日历",
    "ClockView": "正在计的时限",
    "ComingView": "无人办理时系统将办理的一步",
    "DayBody": "按文件登记的一日",
    "DeadlineView": "时限说明",
    "EditView": "修改日历的结果，以及变动的在办案",
    "EventView": "一个事件，CloudEvents 1.0",
    "EventsView": "一段事件，与继续读取的位置",
    "ExplainedView": "一个时限及其逐段说明",
    "ExtensionView": "延期申请及其结果",
    "MovedView": "时限变动的一件在办案",
    "NextStepView": "系统的下一步",
    "NoticeView": "发给本人岗位的一份通知",
    "OfficialYearView": "已载入放假安排的一年",
    "AcknowledgedView": "签收一份通知的结果",
    "AcknowledgementView": "督办的签收",
    "AddedView": "载入一版政策的结果，以及受影响的在办案",
    "PoliciesView": "各版时限政策",
    **delivery_words.SCHEMAS,
    "PolicyBody": "要载入的一版时限政策",
    "PolicyView": "一版时限政策",
    "JsonValue": "任意 JSON 值",
    "WarningView": "一条提醒",
    "WarningsView": "给管理者的提醒",
    "Page_DeliveryView_": "一页推送记录",
    "Page_NoticeView_": "一页通知",
    "PlannedDay": "放假安排中的一日",
    "SegmentView": "时限中的一段",
    "SlipView": "督办单",
    "YearBody": "一年的放假安排",
    "AccessKind": _all("做了什么", AccessKind),
    "AccessView": "一条访问留痕",
    "SealView": "一号每日封存",
    "Page_AccessView_": "一页访问留痕",
    "Page_SealView_": "一页每日封存",
    "ContactBody": "要登记的联系方式",
    "ContactView": "登记的联系方式，手机号已脱敏",
    "Page_ContactView_": "一页联系方式",
    "RevealBody": "查看完整手机号的理由",
    "RevealedView": "完整手机号",
    "Cited": "引用一份已上传的佐证材料",
    "CountsView": "此刻的隐患统计",
    "BreakdownView": "在办隐患按一个方面计数",
    "CountView": "一项件数，以及列出这些案件的地址",
    "RateView": "一个比率，以及列出分子、分母的地址",
    "CriterionView": "检查项及其对应的等级",
    "DictionaryView": "现行有效的等级、类别与判定标准",
    "EntryView": "办理过程中的一步",
    "EvidenceView": "已引用的佐证材料",
    "FieldError": "一个字段的问题",
    "FileView": "已保存的文件",
    **BULK,
    "HazardView": "一件隐患的案卷",
    "Health": "进程存活",
    "HeldPost": "本人现任的一个岗位",
    "LevelView": "隐患等级",
    "MeView": "本人",
    "Noted": "附情况说明的办理",
    "Page_EntryView_": "一页办理过程",
    "Page_HazardView_": "一页隐患",
    "Page_PostView_": "一页岗位",
    "Page_OrganisationEditView_": "一页组织调整",
    "Page_ToldView_": "一页通知记录",
    "Page_UnitView_": "一页单位",
    "PostView": "岗位与在任者",
    "Problem": "问题详情（RFC 9457）",
    "Readiness": "可否服务，以及什么暂时不可用",
    "Reasoned": "附理由的办理",
    "Report": "发现上报的一处隐患",
    "ReportedView": "上报的答复：案卷，以及是否新立案、流程是否已启动",
    "RoundView": "一轮整改",
    **identity_wording.SCHEMAS,
    **webhook_wording.SCHEMAS,
    "UnitView": "被检查单位，或机关本身",
}

FIELDS: Final = {
    "action": "事项代码",
    "allowed_actions": "本人此刻可以办理的事项",
    "at": "时间",
    "basis": "依据",
    "categories": "类别",
    "category": "类别代码",
    "channel": "途径：api 接口、engine 流程自动、link 外部人员的单案链接",
    "closed_at": "销号时间",
    "closing_authority": "销号岗位",
    "code": "代码",
    "colour": "督办颜色",
    "colour_label": "督办颜色的中文名",
    "date": "日期（当地）",
    "decided_at": "审批时间",
    "decided_post": "审批岗位",
    "decision": "审批结果",
    "decision_label": "审批结果的中文名",
    "due_after": "批准后的时限",
    "due_before": "申请时的时限",
    "extensions": "延期申请",
    "paused_reason": "暂停的理由",
    "paused_since": "自何时暂停",
    "region": "地区",
    "replied_at": "回复时间",
    "reply": "回复内容",
    "reply_due_at": "回复期限",
    "requested_at": "申请时间",
    "requested_post": "申请岗位",
    "serial": "督办单号",
    "since": "起",
    "slips": "督办单",
    "until": "止",
    "year": "年份",
    "controls": "已落实的临时管控措施",
    "criteria": "判定标准",
    "cycle": "第几个周期；反销号后加一",
    "degraded": "暂时不可用的部分：engine 流程引擎、database 数据库",
    "description": "隐患描述",
    "district": "所在区划",
    "document_number": "督办文号",
    "due_at": "时限",
    "evidence": "佐证材料",
    "file": "JPEG、PNG、WebP 照片（15 MB 以内）或 PDF（30 MB、300 页以内）",
    "file_id": "文件编号",
    "fixed_on_spot": "立行立改",
    "hash": "本步的哈希",
    "height": "像素高",
    "href": "地址",
    "id": "编号",
    "is_open": "是否在办",
    "item": "检查项代码",
    "items": "本页各项",
    "kind": "用途",
    "kind_label": "用途的中文名",
    "label": "中文名",
    "level": "等级代码",
    "levels": "等级",
    "major": "是否重大隐患",
    "media_type": "文件类型",
    "merged_into": "并入的案号",
    "name": "名称",
    "note": "情况说明",
    "number": "本周期第几轮",
    "on_behalf_of": "代谁办理",
    "organ": "督办机关",
    "overdue": "是否逾期",
    "overdue_count": "逾期次数",
    "pages": "PDF 页数",
    "person_id": "人员编号",
    "place": "部位",
    "plan": "治理方案（五落实）",
    "posts": "现任岗位",
    "reason": "理由",
    "receipt_number": "移交回执号",
    "repeat_of": "重复隐患的前案",
    "reported_at": "上报时间",
    "reported_post": "上报岗位",
    "request_id": "请求编号：人员与幂等键",
    "responsible_post": "整改责任岗位",
    "role": "岗位职责",
    "role_label": "岗位职责的中文名",
    "rounds": "各轮整改",
    "seq": "第几步",
    "stage": "环节代码",
    "stage_label": "环节的中文名",
    "stage_since": "进入本环节的时间",
    "status": "状态",
    "submitted_at": "报验时间",
    "submitted_by": "报验人",
    "submitted_post": "报验岗位",
    "supervision": "挂牌督办信息",
    "suspended": "是否责令停用",
    "title": "岗位名称",
    "transferred_to": "移交的部门",
    "unit_id": "单位编号",
    "unit_name": "单位名称",
    "verdict": "复查结论",
    "verified_at": "复查时间",
    "verified_by": "复查人",
    "verified_post": "复查岗位",
    "version": "版本",
    "width": "像素宽",
}


_SCHEMAS: Final = SCHEMAS | bulletin_wording.SCHEMAS | collection_wording.SCHEMAS
_FIELDS: Final = collection_wording.FIELDS | FIELDS | bulletin_wording.FIELDS


def describe(schemas: dict[str, Any]) -> None:
    """Give the schemas of a document their words, where they have none of their own in Chinese."""
    for name, schema in schemas.items():
        if name in _SCHEMAS:
            schema["description"] = _SCHEMAS[name]
        for field, form in schema.get("properties", {}).items():
            form.setdefault("description", _FIELDS.get(field, ""))
