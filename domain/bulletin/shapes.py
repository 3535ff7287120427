"""The values of a bulletin: the policy under which it is made, itself, what is said of single units, a command, a change.

Invariant: everything here is frozen; a bulletin names units and posts and no person, and holds no number of a telephone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.audit import Entry
from domain.bulletin.words import Action, BulletinKind, State
from domain.collection import Counts, Outcome
from domain.evidence import Evidence
from domain.notices import Notice
from domain.people import Actor


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How bulletins are made here (通报规定); stamped on each when it is drafted, and shown with it.

    Attributes:
        organ: who issues (发文机关署名); ``flag`` is the red head, ``code`` stands before the number (机关代字).
        copies_to: 抄送机关, or nothing.
        printer: 印发机关.
        demands: the paragraphs of demands that a draft begins with.
        automatic: whether the policy signs where nothing is to be decided; off by default.
        wait_hours: how long a draft may wait for its next step before somebody is told, at first.
        chase_hours: after how long who has not read is chased, at first; each later time waits twice as long.
        chase_at_most: how often each is chased.
    """

    version: int = 0
    organ: str
    flag: str
    code: str
    addressees: str = "全区各民政服务机构、服务场所"
    copies_to: str | None = None
    printer: str
    demands: tuple[str, ...] = (
        "请上述单位认真查找原因，落实专人负责，杜绝类似情况再次发生。",
        "各单位要引以为戒，严格按照时限和要求报送材料。",
    )
    automatic: bool = False
    wait_hours: int = 24
    chase_hours: int = 24
    chase_at_most: int = 6


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether a unit whose material is defective is named, decided by a person."""

    unit_id: str
    named: bool
    reason: str
    person_id: str
    post_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What a correction or supplement says of one unit: it stood as ``was`` and stands as ``becomes``.

    ``received_at`` is when its material came, ``late_minutes`` by how much it was late.
    """

    unit_id: str
    unit_name: str
    was: Outcome
    becomes: Outcome
    reason: str
    received_at: datetime | None = None
    late_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Publication:
    """Where an issued bulletin was made public (公开发布), by which post."""

    url: str
    at: datetime
    post_id: str


@dataclass(frozen=True, kw_only=True)
class Bulletin:
    """A bulletin after ``seq`` changes; ``head`` is the hash of the last of them.

    Attributes:
        list_hash: the hash of the frozen list that it is made from.
        counts: what the list comes to, for this bulletin.
        subject: what was to be submitted (事项); ``due`` and ``counted`` are instants as people say them.
        about: the bulletin that a correction or supplement is about; ``about_number`` and so on are of that one.
        decisions: of units with defective material, by unit.
        undecided: the units of which that is still open.
        rulings: of a correction or supplement its own; of a bulletin those of all that were issued about it.
        template: SHA-256 (hex) of the office's template, ``None`` for the standard one.
        drafters: who wrote in it; none of them signs.
        text_hash: SHA-256 (hex) of what was signed.
        files: SHA-256 (hex) of what was issued, by format.
        amended_by: numbers of the corrections and supplements that were issued about it.
        nudges: how often somebody was told that it waits, or chased to read it, since ``since``.
    """

    id: str
    seq: int
    head: str
    kind: BulletinKind
    state: State
    collection_id: str
    list_hash: str
    policy: Policy
    title: str
    basis: str
    subject: str
    due: str
    counted: str
    counts: Counts
    district: str
    utc_offset_minutes: int
    demands: tuple[str, ...]
    drafted_at: datetime
    drafted_post: str | None
    since: datetime
    office_post: str
    leader_post: str
    template: str | None = None
    about: str | None = None
    about_title: str | None = None
    about_number: str | None = None
    about_date: str | None = None
    decisions: tuple[Decision, ...] = ()
    undecided: tuple[str, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    drafters: tuple[str, ...] = ()
    reviewed_post: str | None = None
    reviewed_at: datetime | None = None
    signed_post: str | None = None
    signed_at: datetime | None = None
    text_hash: str | None = None
    number: str | None = None
    issued_at: datetime | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    amended_by: tuple[str, ...] = ()
    withdrawn_reason: str | None = None
    publications: tuple[Publication, ...] = ()
    audience: int = 0
    nudges: int = 0
    recent_requests: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Command:
    """Who wants what done with a bulletin."""

    action: Action
    request_id: str
    actor: Actor
    title: str | None = None
    demands: tuple[str, ...] | None = None
    unit_id: str | None = None
    named: bool | None = None
    reason: str | None = None
    url: str | None = None
    rulings: tuple[Ruling, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Change:
    """A decided step: the entry for the record, the bulletin that results, and whom it tells."""

    entry: Entry
    bulletin: Bulletin
    notices: tuple[Notice, ...] = ()


Values = Mapping[str, Any]
"""What fills a template, by the words of its vocabulary."""
