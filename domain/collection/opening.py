"""Creating a collection: its list of units is frozen in the same moment, and its kind stamped on it.

Invariant: the first change holds every field, so the chain of entries rebuilds the collection.
"""

from dataclasses import dataclass
from datetime import datetime

from domain import phones
from domain.audit import GENESIS
from domain.collection import window as windows
from domain.collection.changes import By, changed
from domain.collection.kinds import CollectionKind, Content
from domain.collection.shapes import Change, Collection
from domain.collection.window import Window
from domain.collection.words import CREATED, Phase
from domain.errors import Kind, Refused


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """A unit that need not submit from the start, and why."""

    unit_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Which units are asked: a query over units, and exemptions from it.

    Attributes:
        kinds: kinds of units; empty for all.
        units: these units; empty for all that the rest of the query finds.
        inspected_from: only units with an on-site finding reported from here on (被列入实地检查的机构), before ``inspected_before``.
        exempt: units of the list that need not submit.
    """

    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    inspected_from: datetime | None = None
    inspected_before: datetime | None = None
    exempt: tuple[Exemption, ...] = ()
    words: str = "全区各民政服务机构"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What somebody wants collected."""

    kind: CollectionKind
    title: str
    basis: str
    district: str
    window: Window
    audience: Audience
    contact_post: str
    contact_phone: str
    covers: tuple[datetime, datetime] | None = None
    subject: str | None = None
    series_id: str | None = None
    period: str | None = None


def create(number: str, plan: Plan, expected: int, by: By, now: datetime) -> Change:
    """The first change of a collection of ``expected`` units. Raises ``Refused`` with the field."""
    windows.check(plan.window, now)
    if expected == 0:
        raise Refused(Kind.CONFLICT, "audience_empty", "名单中没有单位", field="audience")
    if plan.kind.content is Content.ROSTER and (plan.covers is None or plan.covers[0] >= plan.covers[1]):
        message = "值班表须写明须覆盖的起止时刻"
        raise Refused(Kind.CONFLICT, "covers_invalid", message, field="covers")
    collection = Collection(
        id=number,
        seq=0,
        head=GENESIS,
        phase=Phase.SCHEDULED,
        kind=plan.kind,
        title=plan.title,
        basis=plan.basis,
        district=plan.district,
        window=plan.window,
        audience=plan.audience.words,
        contact_post=plan.contact_post,
        contact_phone=contact_phone(plan.contact_phone),
        expected=expected,
        created_at=now,
        created_by=by.person_id or "",
        created_post=by.post_id or "",
        series_id=plan.series_id,
        period=plan.period,
        subject=plan.subject,
        covers=plan.covers,
    )
    return changed(None, collection, CREATED, by, now)


def contact_phone(text: str) -> str:
    """The landline of the contact (区号-号码). Raises ``Refused`` with the field."""
    try:
        return phones.landline(text)
    except Refused as refused:
        raise Refused(Kind.CONFLICT, refused.code, refused.message, field="contact_phone") from None
