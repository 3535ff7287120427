"""Contact numbers (联系方式): whose they are, and who may see them masked, see them whole, and set them.

Invariant: a whole number is for whoever must reach that person or post, says why, and is on record for it; everybody else
sees it masked. Oversight reads who looked, and looks at nothing.
Sources: 个人信息保护法 art. 6, 51; notice, section 2 (who must reach whom).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain import access
from domain.people import Actor, Holding
from domain.requests import Request

REVEALS_AN_HOUR: Final = 20
"""How many whole numbers one person may see within an hour."""

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose number it is: a person with the posts held now, or a post."""

    person_id: str | None = None
    post_id: str | None = None
    holdings: tuple[Holding, ...] = ()

    @property
    def id(self) -> str:
        """``people/…`` or ``posts/…``: the subject in the access log, and the row's id."""
        return f"people/{self.person_id}" if self.person_id else f"posts/{self.post_id}"

    @property
    def of_district(self) -> bool:
        """Whether the number is of a post that serves the whole district."""
        return any(not held.role.of_unit for held in self.holdings)

    @property
    def unit_ids(self) -> frozenset[str]:
        """The units in which it is a number."""
        return frozenset(held.unit_id for held in self.holdings)


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What is on file, masked: ``version`` 0 where nothing is."""

    id: str
    mobile: str | None = None
    landline: str | None = None
    version: int = 0
    set_at: datetime | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Numbers to set (as ``domain.phones`` gives them) in the place of version ``expected``, and the request that asks."""

    owner: Owner
    mobile: str | None
    landline: str | None
    expected: int
    by: str | None
    post_id: str | None
    on_behalf_of: str | None = None
    request: Request


@dataclass(frozen=True, kw_only=True)
class Reveal:
    """Who wants to see the whole number, by which post, and why."""

    owner: Owner
    person_id: str
    by: Holding | None
    reason: str
    request_id: str


class TooMany(Exception):  # noqa: N818 - an answer, not a fault
    """As many numbers as one person may see within an hour were seen; one more may be in so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many reveals")
        self.seconds = seconds


def is_visible(operation: str, actor: Actor, owner: Owner) -> bool:
    """Whether the asker may know that there is such a number, masked: by the table, and of posts that serve the district."""
    units = access.visible_units(operation, actor)
    own = owner.person_id == actor.person_id
    return own or units is None or owner.of_district or bool(owner.unit_ids & units)


def capacity(operation: str, actor: Actor, owner: Owner) -> Holding | None:
    """The post by which the asker may do this to the number, by the table; ``None`` for one's own. Raises ``Refused``.

    Of a post that serves the district the number is seen by every role that the table names, and set by those who reach the
    district.
    """
    if owner.person_id == actor.person_id:
        return None
    by = access.OPERATIONS[operation].by
    if owner.of_district and operation.startswith("reveal_"):
        found = [held for held in actor.holdings if held.role in by]
    else:
        units = {""} if owner.of_district else owner.unit_ids or {""}
        found = [held for held in (access.capacity(operation, actor, unit) for unit in sorted(units)) if held]
    if not found:
        raise access.refusal(operation)
    return found[0]


def wait_of(reveals: list[datetime], now: datetime) -> int | None:
    """Seconds until there is room for the last of those of an hour, given in order; ``None`` when there is."""
    if len(reveals) <= REVEALS_AN_HOUR:
        return None
    return max(1, math.ceil((reveals[-REVEALS_AN_HOUR - 1] + HOUR - now).total_seconds()))
