"""Contact points as clients send and see them."""

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from adapters.postgres.contact_points import ContactPoint
from domain.delivery import ChannelName
from services.api import patterns

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "owner": "person:p-office",
    "channel": "email",
    "address": "office@unit.example",
}


class PointView(BaseModel):
    """A contact point, masked."""

    id: str
    owner: str = Field(description="属于谁：person:人员、post:岗位、team:督导组岗位、area:片区")
    channel: ChannelName
    channel_label: str = Field(description="渠道的中文名")
    place: int = Field(description="次序：前一个送不到才用后一个")
    address: str = Field(description="地址，已脱敏")
    verified_at: datetime | None = Field(description="何时验证；没有验证的不发通知")
    muted_until: datetime | None = Field(description="免打扰至何时；紧急与督办不受影响")


class PointBody(BaseModel):
    """A contact point to register."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    owner: Annotated[str, StringConstraints(pattern=patterns.CONTACT_OWNER)] = Field(
        description="属于谁：本人 person:编号，所任岗位 post:编号；办公室另可登记 team: 与 area: 的群机器人"
    )
    channel: ChannelName
    address: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=patterns.LINE)] = Field(
        description="邮箱、手机号，或机器人、回调的网址"
    )
    secret: Annotated[str, StringConstraints(max_length=200, pattern=r"^[!-~]*$")] = Field(
        default="", description="机器人的加签密钥，或回调的 whsec_ 密钥"
    )


class CodeBody(BaseModel):
    """The code that was received."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "123456"}]})

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] = Field(description="六位验证码")


class MuteBody(BaseModel):
    """Until when to keep quiet."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"until": "2026-12-01T08:00:00+08:00"}]}
    )

    until: AwareDatetime | None = Field(default=None, description="免打扰至何时；不填即恢复")


def view(point: ContactPoint) -> PointView:
    """A contact point as it may be shown."""
    fields: dict[str, Any] = {name: getattr(point, name) for name in ("id", "owner", "channel", "place")}
    return PointView(
        **fields,
        channel_label=point.channel.label,
        address=point.masked,
        verified_at=point.verified_at,
        muted_until=point.muted_until,
    )
