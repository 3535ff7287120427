"""Units, posts, tenures and substitutions (单位、岗位、任期与代理), and the one reading of who may act by what.

Invariant: at every instant a post is held by its holders, or by those of the post that it is bound to; a substitute acts by
exactly the covered post, on exactly the covered days, and only while the one who is stood in for holds it.
Source: notice, section 2: an office whose director is whoever holds another post (由办公室负责人兼任), four teams (分片包点包联),
and succession without a new document (若以上职责岗位出现人员变动，由变动后人员自动接替).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from domain.people import Holding, Role

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Span:
    """From ``since`` to before ``until`` (aware); ``None`` is open on that side."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether ``at`` (aware) lies in it."""
        return self.begun(at) and not self.over(at)

    def begun(self, at: datetime) -> bool:
        """Whether it has begun by ``at``."""
        return self.since is None or self.since <= at

    def over(self, at: datetime) -> bool:
        """Whether it has ended by ``at``."""
        return self.until is not None and self.until <= at

    def overlaps(self, other: "Span") -> bool:
        """Whether both cover a common instant."""
        return _before(self.since, other.until) and _before(other.since, self.until)

    def within(self, other: "Span") -> bool:
        """Whether ``other`` covers all of it."""
        early = other.since is None or (self.since is not None and other.since <= self.since)
        late = other.until is None or (self.until is not None and self.until <= other.until)
        return early and late

    def since_at_least(self, at: datetime | None) -> "Span":
        """What of it lies from ``at`` on; all of it where that is ``None``."""
        return (
            self if at is None or (self.since is not None and self.since >= at) else replace(self, since=at)
        )

    @property
    def empty(self) -> bool:
        """Whether it covers nothing."""
        return not _before(self.since, self.until)


ALWAYS = Span()


@dataclass(frozen=True, kw_only=True)
class UnitKind:
    """A kind of unit (单位类别), and whether units of it are inspected."""

    code: str
    label: str
    inspected: bool


@dataclass(frozen=True, kw_only=True)
class Area:
    """A town or another area (镇、街道、片区), and the post of the team that covers it (分片)."""

    id: str
    name: str
    team_post: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit with the post that rectifies; ``team_post`` covers it by itself (包联), else the team of its area does."""

    id: str
    name: str
    kind: str
    district: str
    unit_post: str
    team_post: str | None = None
    area_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post (岗位).

    Attributes:
        seats: how many may hold it at a time; a team has several.
        bound_to: the post whose holders hold this one too (兼任); it has none of its own then.
        bound_from: since when; before that it was held as its own tenures say.
        area_id: the town that its holder answers for (某镇具体负责人).
        span: as long as the post exists.
    """

    id: str
    title: str
    role: Role
    unit_id: str
    seats: int = 1
    bound_to: str | None = None
    area_id: str | None = None
    span: Span = ALWAYS
    bound_from: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """A person holds a post for a span (任期)."""

    post_id: str
    person_id: str
    span: Span = ALWAYS


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """``substitute_id`` stands in for ``absent_id`` by one post for given days (代理)."""

    post_id: str
    absent_id: str
    substitute_id: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """The whole of it, sound or not (see :mod:`domain.organisation.faults`): rows by id, names of people, posts of desks."""

    kinds: Mapping[str, UnitKind] = field(default_factory=dict)
    areas: Mapping[str, Area] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    posts: Mapping[str, Post] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    desks: Mapping[str, str] = field(default_factory=dict)
    tenures: tuple[Tenure, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    _by_post: Mapping[str, tuple[Tenure, ...]] = field(init=False, repr=False, compare=False)
    _heads: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        heads = [(post.unit_id, post.id) for post in self.posts.values() if post.role is Role.UNIT_HEAD]
        object.__setattr__(self, "_by_post", _grouped((one.post_id, one) for one in self.tenures))
        object.__setattr__(self, "_heads", _grouped(heads))

    def tenures_of(self, post_id: str) -> tuple[Tenure, ...]:
        """Who holds a post when: its own holders, and from the binding on those of the post that it is bound to."""
        own, post = self._by_post.get(post_id, ()), self.posts.get(post_id)
        if post is None or post.bound_to is None:
            return own
        spans = (
            (one, one.span.since_at_least(post.bound_from)) for one in self._by_post.get(post.bound_to, ())
        )
        return (*own, *(replace(one, post_id=post_id, span=span) for one, span in spans if not span.empty))

    def holders(self, post_id: str, at: datetime) -> tuple[str, ...]:
        """Who holds a post at ``at`` (aware), in order; nobody holds one that does not exist then."""
        post = self.posts.get(post_id)
        if post is None or not post.span.covers(at):
            return ()
        return tuple(sorted({one.person_id for one in self.tenures_of(post_id) if one.span.covers(at)}))

    def holdings(self, person_id: str, at: datetime) -> tuple[Holding, ...]:
        """The posts by which a person may act at ``at`` (aware), the person's own before those covered for others."""
        return (*self._own(person_id, at), *self._covered(person_id, at))

    def units_of(self, person_id: str, at: datetime) -> tuple[str, ...]:
        """The units in which a person holds a post of their own at ``at``, in order."""
        return tuple(sorted({held.unit_id for held in self._own(person_id, at)}))

    def team_of(self, unit_id: str) -> str | None:
        """The post of the one team that covers a unit: its own, or else that of its area."""
        unit = self.units[unit_id]
        area = self.areas.get(unit.area_id or "")
        return unit.team_post or (area.team_post if area is not None else None)

    def heads_of(self, unit_id: str) -> tuple[str, ...]:
        """The posts of a unit's head (主要负责人)."""
        return self._heads.get(unit_id, ())

    def covered_by(self, post_id: str) -> tuple[str, ...]:
        """The units that a team covers, in order."""
        return tuple(unit for unit in sorted(self.units) if self.team_of(unit) == post_id)

    def _own(self, person_id: str, at: datetime) -> Iterator[Holding]:
        for post_id in sorted(self.posts):
            if person_id in self.holders(post_id, at):
                yield self._holding(post_id, None, at)

    def _covered(self, person_id: str, at: datetime) -> Iterator[Holding]:
        mine = {
            (one.absent_id, one.post_id)
            for one in self.substitutions
            if one.substitute_id == person_id and one.span.covers(at)
        }
        for absent_id, post_id in sorted(mine):
            holders = self.holders(post_id, at)
            if absent_id in holders and person_id not in holders:
                yield self._holding(post_id, absent_id, at)

    def _holding(self, post_id: str, absent_id: str | None, at: datetime) -> Holding:
        post = self.posts[post_id]
        return Holding(
            post_id=post.id,
            role=post.role,
            unit_id=post.unit_id,
            on_behalf_of=absent_id,
            substitute=absent_id is not None,
            barred_units=() if absent_id is None else self.units_of(absent_id, at),
            covers=self.covered_by(post_id) if post.role is Role.INSPECTOR else None,
        )


def _grouped(pairs: Iterable[tuple[str, Row]]) -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for key, row in pairs:
        found.setdefault(key, []).append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _before(since: datetime | None, until: datetime | None) -> bool:
    return since is None or until is None or since < until
