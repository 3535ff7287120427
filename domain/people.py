"""Posts and the people who hold them (岗位与在任者).

Invariant: rights come from posts, separation of duties is judged by the natural person: by the one who acts and, where that
is a substitute (代理), by the one in whose name as well. How far a post reaches is its role's scope; what a role may do is
``domain/access/``'s to say.
Source: notice, section 2 (posts take over from posts, 由变动后人员自动接替; four teams own areas and units, 分片包点包联).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """How far somebody reaches."""

    OWN_UNIT = "own_unit"
    OWN_TEAM_UNITS = "own_team_units"
    DISTRICT = "district"
    READ_ONLY = "read_only"
    OWN_POSTS = "own_posts"

    @property
    def label(self) -> str:
        """The Chinese words for it."""
        return _SCOPES[self]


_SCOPES: Final = {
    Scope.OWN_UNIT: "本单位",
    Scope.OWN_TEAM_UNITS: "本组包联单位",
    Scope.DISTRICT: "全区",
    Scope.READ_ONLY: "全区只读",
    Scope.OWN_POSTS: "本人岗位",
}


class Role(StrEnum):
    """What a post may do; one post has one role."""

    UNIT_STAFF = "unit_staff"
    UNIT_HEAD = "unit_head"
    INSPECTOR = "inspector"
    OFFICE = "office"
    LEADER = "leader"
    OVERSIGHT = "oversight"
    MEMBER = "member"

    @property
    def label(self) -> str:
        """The Chinese name that people use."""
        return _LABELS[self]

    @property
    def of_unit(self) -> bool:
        """Whether the role is held inside an inspected unit and reaches that unit only."""
        return self in UNIT_ROLES

    @property
    def scope(self) -> Scope:
        """How far a post of this role reaches over units."""
        return _REACH[self]


_LABELS: Final = {
    Role.UNIT_STAFF: "机构安全员",
    Role.UNIT_HEAD: "机构主要负责人",
    Role.INSPECTOR: "督导组",
    Role.OFFICE: "领导小组办公室",
    Role.LEADER: "领导小组领导",
    Role.OVERSIGHT: "纪检监督",
    Role.MEMBER: "领导小组成员",
}
UNIT_ROLES: Final = frozenset({Role.UNIT_STAFF, Role.UNIT_HEAD})
_REACH: Final = {
    Role.UNIT_STAFF: Scope.OWN_UNIT,
    Role.UNIT_HEAD: Scope.OWN_UNIT,
    Role.INSPECTOR: Scope.OWN_TEAM_UNITS,
    Role.OFFICE: Scope.DISTRICT,
    Role.LEADER: Scope.DISTRICT,
    Role.OVERSIGHT: Scope.READ_ONLY,
    Role.MEMBER: Scope.DISTRICT,
}


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One post by which a person may act now: the person's own, or as a ``substitute`` ``on_behalf_of`` its holder (代理).

    ``barred_units`` are the units of the one who is stood in for: what that one may not judge, nobody judges in their name.
    ``covers`` are the units that an inspector's team owns now; ``None`` in what was recorded before teams owned units,
    and for every other role.
    """

    post_id: str
    role: Role
    unit_id: str
    on_behalf_of: str | None = None
    substitute: bool = False
    barred_units: tuple[str, ...] = ()
    covers: tuple[str, ...] | None = None

    def units(self, scope: Scope) -> frozenset[str] | None:
        """The units that the post shows under ``scope``; ``None`` means the whole district."""
        if scope in (Scope.DISTRICT, Scope.READ_ONLY):
            return None
        if scope is Scope.OWN_TEAM_UNITS:
            return frozenset(self.covers or ())
        return frozenset({self.unit_id}) if scope is Scope.OWN_UNIT else frozenset()

    def about(self, unit_id: str) -> "Holding":
        """The same post as far as ``unit_id`` is concerned."""
        covers = None if self.covers is None else tuple(unit for unit in self.covers if unit == unit_id)
        return replace(
            self, covers=covers, barred_units=tuple(unit for unit in self.barred_units if unit == unit_id)
        )

    def reaches(self, unit_id: str) -> bool:
        """Whether the post may act for ``unit_id``; an inspector of old records reached the district."""
        if self.role.scope is Scope.OWN_TEAM_UNITS:
            return self.covers is None or unit_id in self.covers
        return self.role.scope is Scope.DISTRICT or (self.role.of_unit and self.unit_id == unit_id)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: an opaque person id and the posts held at this instant."""

    person_id: str
    holdings: tuple[Holding, ...]
    on_behalf_of: str | None = None

    @property
    def unit_ids(self) -> frozenset[str]:
        """Every unit in which the person holds any post."""
        return frozenset(holding.unit_id for holding in self.holdings)

    def visible_units(self) -> frozenset[str] | None:
        """The units whose rows all posts together show; ``None`` means the whole district.

        Where an operation is known, ``domain.access.visible_units`` says it by the table.
        """
        reached = [holding.units(holding.role.scope) for holding in self.holdings]
        if any(units is None for units in reached):
            return None
        return frozenset().union(*(units for units in reached if units is not None))

    def about(self, unit_id: str) -> "Actor":
        """The same person as far as ``unit_id`` is concerned: other units of teams and principals need not travel along."""
        return replace(self, holdings=tuple(one.about(unit_id) for one in self.holdings))

    def capacity(self, roles: Iterable[Role], unit_id: str) -> Holding | None:
        """The first post by which the person may act in one of ``roles`` for ``unit_id``, if any."""
        return next(iter(self.capacities(roles, unit_id)), None)

    def capacities(self, roles: Iterable[Role], unit_id: str) -> tuple[Holding, ...]:
        """Every post by which the person may act in one of ``roles`` for ``unit_id``, in order."""
        wanted = frozenset(roles)
        return tuple(held for held in self.holdings if held.role in wanted and held.reaches(unit_id))

    def answering(self, holding: Holding) -> frozenset[str]:
        """Who answers for what is done by ``holding``: the one who acts, and the one in whose name."""
        return frozenset({self.person_id, *filter(None, (holding.on_behalf_of, self.on_behalf_of))})

    def in_name_of(self, holding: Holding) -> str | None:
        """In whose name something is done by ``holding``; nobody's where it is the actor's own post."""
        return holding.on_behalf_of or self.on_behalf_of
