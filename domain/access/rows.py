"""The shape of a row of the table of operations, and the rows that many operations share.

Invariant: a row says what to show at the entrance and how far each role reaches, and nothing about stages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.people import Role, Scope


class Way(StrEnum):
    """What somebody must show to be let in at all."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    POSTS = "posts"
    LINK = "link"

    @property
    def label(self) -> str:
        """The Chinese words for it."""
        return _WAYS[self]


_WAYS: Final = {
    Way.PUBLIC: "无须登录",
    Way.SIGNED_IN: "登录即可",
    Way.POSTS: "须任所列岗位",
    Way.LINK: "凭单案链接",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """Who may do one operation.

    Attributes:
        way: ``PUBLIC`` needs no token; ``SIGNED_IN`` lets in whoever has one, and shows to each what ``by`` says, nothing
            without a post; ``POSTS`` refuses whoever holds no post of ``by``; ``LINK`` is for the holder of a link to one
            case, who is nobody else.
        by: how far each role reaches; a role that is not there may not.
    """

    way: Way
    by: Mapping[Role, Scope] = field(default_factory=dict)


def reaching(roles: Iterable[Role]) -> dict[Role, Scope]:
    """Each of the roles as far as it reaches over units."""
    given = frozenset(roles)
    return {role: role.scope for role in Role if role in given}


EDITING: Final = {Role.OFFICE: Scope.DISTRICT, Role.LEADER: Scope.DISTRICT}
"""Who edits what everybody goes by: the calendar, the policy."""

PUBLIC: Final = Row(way=Way.PUBLIC)
CASES: Final = Row(way=Way.SIGNED_IN, by=reaching(Role))
MINE: Final = Row(way=Way.SIGNED_IN, by=dict.fromkeys(Role, Scope.OWN_POSTS))
COMMON: Final = Row(way=Way.SIGNED_IN, by=dict.fromkeys(Role, Scope.READ_ONLY))
EDIT: Final = Row(way=Way.POSTS, by=EDITING)
EDITORS_SEE: Final = Row(way=Way.POSTS, by={**EDITING, Role.OVERSIGHT: Scope.READ_ONLY})
"""What is being prepared or changed is read by those who edit it, and by oversight."""

OFFICE: Final = Row(way=Way.POSTS, by=reaching({Role.OFFICE}))
BUREAU: Final = Row(way=Way.POSTS, by=reaching(role for role in Role if not role.of_unit))
UNIT: Final = Row(way=Way.POSTS, by=reaching(role for role in Role if role.of_unit))
