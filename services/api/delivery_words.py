"""What the OpenAPI document calls the things of the delivery, in Chinese; part of ``services/api/wording.py``."""

from typing import Final

from adapters.wording import Part
from domain.delivery import ChannelName, DeliveryState


def _all(intro: str, members: type[ChannelName] | type[DeliveryState] | type[Part]) -> str:
    return f"{intro}：" + "、".join(f"{member.value} {member.label}" for member in members)


SCHEMAS: Final = {
    "ChannelName": _all("送达渠道", ChannelName),
    "DeliveryState": _all("送达状态", DeliveryState),
    "Part": _all("消息的部分", Part),
    "CodeBody": "收到的验证码",
    "DeliveryView": "一份通知经一个渠道送达一个收件人的情况",
    "MuteBody": "免打扰的期限",
    "PointBody": "要登记的通知渠道",
    "PointView": "通知渠道",
    "ReleasedView": "放行的结果",
    "MessageTemplateBody": "新的通知模板",
    "MessageTemplateView": "一个渠道的标题或正文模板",
    "MessageTemplatesView": "各渠道的通知模板",
    "Page_DeliveryView_": "一页送达情况",
    "Page_PointView_": "一页通知渠道",
}
