"""What the OpenAPI document calls things of bulletins, in Chinese; :mod:`services.api.wording` puts the words in their places."""

from collections.abc import Iterable
from typing import Final

from domain.bulletin import BulletinAction, BulletinKind, BulletinState
from domain.collection import Outcome


def _all(intro: str, members: Iterable[BulletinAction | BulletinKind | BulletinState | Outcome]) -> str:
    return f"{intro}：" + "、".join(f"{member.value} {member.label}" for member in members)


SCHEMAS: Final = {
    "BulletinAction": _all("通报的办理事项", BulletinAction),
    "BulletinKind": _all("通报的种类", BulletinKind),
    "BulletinState": _all("通报的状态", BulletinState),
    "Outcome": _all("单位的报送情况", Outcome),
    "Body_upload_bulletin_template": "要上传的模板",
    "BulletinAct": "不需其他内容的办理",
    "BulletinActionView": "本人此刻可以办理的一个事项",
    "BulletinCountsView": "名单合计",
    "BulletinEntryView": "通报办理过程中的一步",
    "BulletinReasoned": "附理由的办理",
    "BulletinView": "一份通报",
    "CorrectedUnit": "要更正的一个单位",
    "DecisionView": "对一个材料不合格单位的认定",
    "DraftBulletin": "就哪项收集拟通报",
    "Page_BulletinEntryView_": "一页通报办理过程",
    "Page_BulletinView_": "一页通报",
    "Page_ReaderView_": "一页签收情况",
    "PublicationView": "一次公开发布的登记",
    "ReaderView": "一个单位的签收情况",
    "RulingView": "对一个单位的更正或补充",
    "SupplementedUnit": "补报的一个单位",
    "TemplateView": "一版通报模板",
    "TemplatesView": "各版通报模板",
}

FIELDS: Final = {
    "counts": "名单合计",
    "drafted_at": "拟稿时间",
    "head": "留痕链末条的哈希",
    "post_id": "岗位编号",
    "state": "状态代码",
    "state_label": "状态的中文名",
}
