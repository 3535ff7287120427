"""The values of a collection: itself, a unit on its list, a submission, a step of the clock, a change.

Invariant: everything here is frozen; all instants are aware UTC; no value holds a telephone number of a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.audit import Entry
from domain.collection.kinds import CollectionKind
from domain.collection.window import Window
from domain.collection.words import Phase, StepKind, Via
from domain.evidence import Evidence
from domain.notices import NoticeKind


@dataclass(frozen=True, kw_only=True)
class Extension:
    """More time for one unit (单位延期): only that unit moves, and the reason stands in the bulletin's basis."""

    unit_id: str
    due_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A collection after ``seq`` changes; ``head`` is the hash of the last of them.

    Attributes:
        kind: as it was when the collection was created.
        basis: the document that asks for it.
        audience: the query over units, in words.
        contact_post: whom submitters may ask; ``contact_phone`` is that office's landline.
        expected: how many units are on the frozen list of the audience, exempt ones included.
        series_id: the series that made it, with ``period`` such as ``2026-09-29`` or ``2026-Q3``.
        subject: what it is about, such as the number of a bulletin to be read.
        done: the keys of the steps that the clock has taken, or passed over as not applicable.
        covers: from when to when a duty roster has to be without a gap.
        opened_at: when the list was told.
        frozen_hash: the hash of the frozen list.
    """

    id: str
    seq: int
    head: str
    phase: Phase
    kind: CollectionKind
    title: str
    basis: str
    district: str
    window: Window
    audience: str
    contact_post: str
    contact_phone: str
    expected: int
    created_at: datetime
    created_by: str
    created_post: str
    series_id: str | None = None
    period: str | None = None
    subject: str | None = None
    covers: tuple[datetime, datetime] | None = None
    extensions: tuple[Extension, ...] = ()
    done: tuple[str, ...] = ()
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    ended_early: bool = False
    frozen_hash: str | None = None
    reason: str | None = None
    recent_requests: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the clock does and when; ``lead`` is in minutes before (or after) the due instant of ``unit_id`` or of all."""

    kind: StepKind
    at: datetime
    lead: int | None = None
    unit_id: str | None = None

    @property
    def key(self) -> str:
        """Its name among the steps of the collection: each is taken once."""
        parts = (self.kind.value, None if self.lead is None else str(self.lead), self.unit_id)
        return ":".join(part for part in parts if part is not None)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A unit on the list of a collection, as it stands.

    Attributes:
        post_id: the post of the unit that is asked and reminded.
        due_at: the unit's own due instant, where it has an extension.
        version: the number of its submissions; 0 is none.
        counted_at: the arrival that counts, once there is one.
        returned: its last submission was found defective and not yet replaced.
        accepted: its last submission was reviewed and accepted.
        returns: how often a submission of it was returned.
        basis: the reason of an extension or exemption.
    """

    collection_id: str
    unit_id: str
    unit_name: str
    post_id: str
    due_at: datetime | None = None
    exempt: bool = False
    version: int = 0
    counted_at: datetime | None = None
    returned: bool = False
    accepted: bool = False
    returns: int = 0
    basis: str | None = None
    last_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One version of what a unit submitted; a row that is never changed.

    Attributes:
        received_at: when it came: the service's clock, or the message's own time where the office registered it.
        recorded_at: when it was put on record, by the service's clock.
        reason: why a correction was made.
        is_zero: an explicit zero report.
        content: the form as filled in; telephone numbers of people are masked, they stand sealed beside it.
        hash: SHA-256 (hex) over all of it but itself.
    """

    collection_id: str
    unit_id: str
    version: int
    received_at: datetime
    recorded_at: datetime
    via: Via
    person_id: str
    post_id: str
    content: Mapping[str, Any]
    on_behalf_of: str | None = None
    reason: str | None = None
    is_zero: bool = False
    evidence: tuple[Evidence, ...] = ()
    request_id: str | None = None
    hash: str = ""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What the units of the list are told: one sentence to the post of each.

    Attributes:
        unit_id: one unit; ``None`` for every unit whose due instant is that of all.
        all_units: whether those are told too that have submitted.
        due_at: when the step was due by rule.
        until: the instant that it warns of, behind which it would be pointless.
    """

    kind: NoticeKind
    text: str
    due_at: datetime
    unit_id: str | None = None
    all_units: bool = False
    urgent: bool = True
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A decided step: the entry for the record, what results, what the units are told, and what others are.

    ``desks`` are (desk, kind, sentence); the contact post of the collection stands under ``None``. ``leaves_at`` is when
    it leaves, where that is not at once.
    """

    entry: Entry
    collection: Collection
    telling: Telling | None = None
    desks: tuple[tuple[str | None, NoticeKind, str], ...] = ()
    leaves_at: datetime | None = None
