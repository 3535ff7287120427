"""A scenario (推演方案): when it begins, in which district, and what happens in it.

Invariant: instants are aware and on the whole minute, the grain by which a rehearsal reads the clock; an event is one thing.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from domain.bulletin import Action as BulletinAction
from domain.collection import Action as CollectionAction
from domain.evidence import EvidenceKind
from domain.hazard import Action
from domain.workdays import DayKind

LOCAL: Final = timezone(timedelta(hours=8))
"""Scenarios speak in Chinese time where they name no zone."""

_YEARS: Final = range(1990, 2101)
"""Years in which the calendar counts by rules that are alike."""
_GOES_ON: Final = timedelta(days=30)
"""How long a scenario without an end goes on after its last event."""


def _minute(at: datetime) -> datetime:
    local = at if at.tzinfo else at.replace(tzinfo=LOCAL)
    if local.second or local.microsecond:
        raise ValueError("时间须为整分钟")
    if local.year not in _YEARS:
        raise ValueError(f"年份须在 {_YEARS.start} 与 {_YEARS.stop - 1} 之间")
    return local


Minute = Annotated[datetime, AfterValidator(_minute)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Report(_Part):
    """A hazard is found (发现上报); ``case`` is what the scenario calls it."""

    case: str
    by: str
    unit: str
    place: str
    category: str
    item: str | None = None
    description: str
    level: str = "general"
    fixed_on_spot: bool = False
    evidence: tuple[EvidenceKind, ...] = (EvidenceKind.BEFORE_PHOTO,)


class Act(_Part):
    """Somebody does something to a case; ``fields`` are those of the action in the API."""

    case: str
    do: Action
    by: str
    evidence: tuple[EvidenceKind, ...] = ()
    fields: Mapping[str, JsonValue] = Field(default_factory=dict, alias="with")


class Succession(_Part):
    """A post has another holder from now on (人员变动，由变动后人员自动接替)."""

    post: str
    person: str
    name: str


class Absence(_Part):
    """Somebody is away for given days, and another one stands in by that post (代理)."""

    post: str
    absent: str
    substitute: str
    first_day: date
    last_day: date


class Outage(_Part):
    """The engine is dead up to an instant."""

    until: Minute


class PlannedDay(_Part):
    """One day of a plan."""

    date: date
    kind: DayKind
    name: str


class Plan(_Part):
    """The arrangement of a year's days off becomes official."""

    year: int
    source_doc: str
    days: tuple[PlannedDay, ...]


class Collect(_Part):
    """Something is asked of many units by an instant (限时报送); ``fields`` are those of a collection in the API."""

    case: str
    by: str = "office"
    fields: Mapping[str, JsonValue] = Field(alias="with")


class Submit(_Part):
    """Units hand in: those named, or all but those ``without``; a form that is not given is filled in by its kind."""

    case: str
    units: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    evidence: tuple[EvidenceKind, ...] | None = None
    zero: bool = False
    reason: str | None = None
    content: Mapping[str, JsonValue] | None = None


class Registration(_Part):
    """The office registers what came by the group, with the time of the message (代登记)."""

    case: str
    unit: str
    received_at: datetime
    by: str = "office"
    zero: bool = False


class Decide(_Part):
    """The office decides about a collection or one unit of it."""

    case: str
    do: CollectionAction
    by: str = "office"
    fields: Mapping[str, JsonValue] = Field(default_factory=dict, alias="with")


class Handle(_Part):
    """Somebody does something to the last bulletin about a collection; what changes an issued one is done to the first."""

    case: str
    do: BulletinAction
    by: str
    evidence: tuple[EvidenceKind, ...] = ()
    fields: Mapping[str, JsonValue] = Field(default_factory=dict, alias="with")


class Read(_Part):
    """Units take note of the last bulletin about a collection: those named, or all but those ``without`` (签收)."""

    case: str
    units: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


ABOUT_ASKED: Final = ("submit", "registration", "decide", "bulletin", "read")
"""Events about something that was asked of units before."""

EVENTS: Final = ("report", "act", "collect", *ABOUT_ASKED, "succession", "absence", "outage", "plan")


class Event(_Part):
    """One thing that happens at an instant."""

    at: Minute
    report: Report | None = None
    act: Act | None = None
    collect: Collect | None = None
    submit: Submit | None = None
    registration: Registration | None = None
    decide: Decide | None = None
    bulletin: Handle | None = None
    read: Read | None = None
    succession: Succession | None = None
    absence: Absence | None = None
    outage: Outage | None = None
    plan: Plan | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Event":
        if sum(getattr(self, name) is not None for name in EVENTS) != 1:
            raise ValueError(f"须写明且只写明一件事：{'、'.join(EVENTS)}")
        return self


class District(_Part):
    """The district: the sample's organisation with so many units, its dictionaries and policy valid from a day on."""

    units: int = Field(default=9, ge=9, le=500)
    since: date


class Scenario(_Part):
    """A whole scenario. ``policy`` names what differs from the sample's policy, by dotted path."""

    format: Literal[1] = 1
    name: str
    starts: Minute
    ends: Minute | None = None
    district: District
    policy: Mapping[str, Any] = Field(default_factory=dict)
    events: tuple[Event, ...] = Field(min_length=1)

    @property
    def last(self) -> datetime:
        """When the curtain falls (aware)."""
        return self.ends or max(event.at for event in self.events) + _GOES_ON

    def in_order(self) -> list[Event]:
        """The events as they happen; of one instant, as they are written."""
        return sorted(self.events, key=lambda event: event.at)
