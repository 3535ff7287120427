"""The feed of events (对外事件): every change once, in order, from behind a cursor.

Invariant: a unit's people see the events of their unit, of what is asked of it, and issued bulletins; and nothing of another unit.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, JsonValue

from domain import access
from domain.events import Event, EventKind, envelope
from services.api import patterns, responses
from services.api.deps import Caller, Limit, Wired
from services.api.door import Door

router = APIRouter(prefix="/v1/events", tags=["对外事件"], route_class=Door)


class EventView(BaseModel):
    """A CloudEvents 1.0 event."""

    specversion: str = Field(description="CloudEvents 版本，恒为 1.0")
    id: str = Field(description="事件编号；同一事件无论收到几次都相同")
    source: str = Field(description="来源：哪一类记录", json_schema_extra={"format": "uri-reference"})
    type: str = Field(description="事件类型，如 cn.bihuan.hazard.dispatch")
    subject: str = Field(description="案号、报送编号或文号")
    time: datetime = Field(description="何时发生")
    datacontenttype: str = Field(description="data 的格式，恒为 application/json")
    sequence: str = Field(description="同一 subject 内的第几步")
    data: dict[str, JsonValue] = Field(description="代码、时间与中文名；不含个人信息")


class EventsView(BaseModel):
    """Events from behind a cursor, and the cursor to go on with, whether there are more yet or not."""

    items: list[EventView]
    next: str = Field(description="下一次的 cursor；总有")
    more: bool = Field(description="是否还有已发生而未读的")


def view(event: Event) -> EventView:
    """An event as it is shown."""
    return EventView.model_validate(envelope(event))


@router.get("", summary="事件流", operation_id="list_events", responses=responses.EVENTS)
async def list_events(
    person: Caller,
    services: Wired,
    kind: Annotated[list[EventKind] | None, Query(description="只要哪几类；不给则全部")] = None,
    cursor: Annotated[
        str, Query(pattern=patterns.POSITION, description="上一次的 next；0 从头读，end 只要以后的")
    ] = "0",
    limit: Limit = 100,
) -> EventsView:
    """本人可见的全部变动，每件恰好一次，同一案卷按步骤先后。读到头以后用 next 再来，即得此后新发生的。"""
    feed = await services.events.feed()
    position = feed.position(cursor)
    found = await services.events.after(
        position,
        limit + 1,
        units=access.visible_units("list_events", person.actor),
        kinds=None if kind is None else {one.value for one in kind},
    )
    events, more = found[:limit], len(found) > limit
    return EventsView(
        items=[view(event) for event in events],
        next=feed.cursor(_read_to(events, position if more else feed.last)),
        more=more,
    )


def _read_to(events: Sequence[Event], at_least: int) -> int:
    """How far was read: what lies behind the last event concerned others."""
    return max(at_least, events[-1].position if events else 0)
