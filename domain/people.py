"""Posts and the people who hold them (岗位与在任者).

Invariant: rights come from posts, separation of duties is judged by the natural person.
Source: notice, section 2 (posts take over from posts, 由变动后人员自动接替).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a post may do; one post has one role."""

    UNIT_STAFF = "unit_staff"
    UNIT_HEAD = "unit_head"
    INSPECTOR = "inspector"
    OFFICE = "office"
    LEADER = "leader"
    OVERSIGHT = "oversight"

    @property
    def label(self) -> str:
        """The Chinese name that people use."""
        return _LABELS[self]

    @property
    def of_unit(self) -> bool:
        """Whether the role is held inside an inspected unit and reaches that unit only."""
        return self in UNIT_ROLES


_LABELS: Final = {
    Role.UNIT_STAFF: "机构安全员",
    Role.UNIT_HEAD: "机构主要负责人",
    Role.INSPECTOR: "督导组",
    Role.OFFICE: "领导小组办公室",
    Role.LEADER: "领导小组领导",
    Role.OVERSIGHT: "纪检监督",
}
UNIT_ROLES: Final = frozenset({Role.UNIT_STAFF, Role.UNIT_HEAD})


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One post by which a person may act now: the person's own, or as a ``substitute`` ``on_behalf_of`` its holder (代理)."""

    post_id: str
    role: Role
    unit_id: str
    on_behalf_of: str | None = None
    substitute: bool = False


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
        """The units whose cases the person may see; ``None`` means the whole district."""
        if any(not holding.role.of_unit for holding in self.holdings):
            return None
        return self.unit_ids

    def capacity(self, roles: Iterable[Role], unit_id: str) -> Holding | None:
        """The first post by which the person may act in one of ``roles`` for ``unit_id``, if any."""
        wanted = frozenset(roles)
        for holding in self.holdings:
            if holding.role in wanted and (not holding.role.of_unit or holding.unit_id == unit_id):
                return holding
        return None
