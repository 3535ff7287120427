"""What clients read of duty: shifts with masked numbers, and the same as a calendar (iCalendar, RFC 5545).

Invariant: no number of a person stands in the clear; the calendar's times are in UTC, which every client shows in its own zone.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class ShiftView(BaseModel):
    """One shift of a roster (班次)."""

    collection_id: str = Field(description="值班表所属的收集编号")
    unit_id: str
    unit_name: str
    starts_at: datetime = Field(description="上班时刻")
    ends_at: datetime = Field(description="下班时刻")
    duty_name: str = Field(description="值班人员")
    duty_mobile: str = Field(description="值班人员手机号，已掩码")
    leader_name: str = Field(description="带班领导")
    leader_mobile: str = Field(description="带班领导手机号，已掩码")
    landline: str = Field(description="单位固定电话")


class DutyView(BaseModel):
    """The duty of a unit: who is on now, and the shifts of a span."""

    unit_id: str
    now: list[ShiftView] = Field(description="此刻在班的班次；没有则为空")
    shifts: list[ShiftView] = Field(description="所查时段内的班次，按时间先后")


class FindingView(BaseModel):
    """One thing that is wrong with a roster."""

    field: str = Field(description="字段路径，如 shifts.0.leader.name")
    code: str = Field(description="稳定的英文代码")
    message: str = Field(description="给人看的一句话")


class FindingsView(BaseModel):
    """Everything that is wrong with a roster."""

    findings: list[FindingView] = Field(description="逐条问题；没有问题时为空")


def shift_view(row: dict[str, Any]) -> ShiftView:
    """A shift as clients read it."""
    same = {name: row[name] for name in ShiftView.model_fields if name in row}
    return ShiftView(**same, duty_mobile=row["duty_masked"], leader_mobile=row["leader_masked"])


def calendar(title: str, rows: list[dict[str, Any]], now: datetime) -> bytes:
    """Shifts as an iCalendar document."""
    # brought in at the first calendar: start-up does without
    from icalendar import Calendar, Event

    found = Calendar()
    found.add("prodid", "-//Bihuan//Duty roster//ZH")
    found.add("version", "2.0")
    found.add("x-wr-calname", title)
    for row in rows:
        event = Event()
        event.add("uid", f"{row['collection_id']}.{row['unit_id']}.{row['number']}@bihuan")
        event.add("dtstamp", now)
        event.add("dtstart", row["starts_at"])
        event.add("dtend", row["ends_at"])
        event.add("summary", f"值班：{row['duty_name']}　带班：{row['leader_name']}")
        event.add("description", f"值班电话：{row['landline']}")
        event.add("location", row["unit_name"])
        found.add_component(event)
    content: bytes = found.to_ical()
    return content
