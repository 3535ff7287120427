"""The shape of a row of the table of operations, and which acts are there for many hazards at once; the table is
``domain/access.py``.

Invariant: a row says what to show at the entrance and how far each role reaches, and nothing about stages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from domain.hazard.words import Action
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


BULK: Final = (
    Action.CONFIRM,
    Action.ASSIGN,
    Action.REASSIGN,
    Action.START,
    Action.PASS,
    Action.CLOSE,
    Action.GRANT_EXTENSION,
    Action.DENY_EXTENSION,
    Action.PAUSE,
    Action.RESUME,
    Action.ACKNOWLEDGE,
    Action.SUPERVISE,
    Action.LIFT_SUPERVISION,
    Action.NOTE,
    Action.CLAIM,
    Action.RELEASE,
)
"""The acts that may be done to many hazards at once, with the same words; each item is judged by itself."""
