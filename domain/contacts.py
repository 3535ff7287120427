"""Contact numbers (联系方式): whose they are, and who may see them masked, see them whole, and set them.

Invariant: a whole number is for whoever must reach that person or post, says why, and is on record for it; everybody else
sees it masked. Oversight reads who looked, and looks at nothing.
Sources: 个人信息保护法 art. 6, 51; notice, section 2 (who must reach whom).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.errors import Kind, Refused
from domain.people import Actor, Holding, Role

REVEALS_AN_HOUR: Final = 20
"""How many whole numbers one person may see within an hour."""

HOUR: Final = timedelta(hours=1)
_REACHING: Final = frozenset({Role.OFFICE, Role.LEADER, Role.INSPECTOR})
_SETTING: Final = frozenset({Role.OFFICE})


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


def is_visible(actor: Actor, owner: Owner) -> bool:
    """Whether the asker may know that there is such a number, masked."""
    if owner.person_id == actor.person_id or actor.visible_units() is None or owner.of_district:
        return True
    return bool(owner.unit_ids & actor.unit_ids)


def may_reveal(actor: Actor, owner: Owner) -> Holding | None:
    """The post by which the asker may see the whole number; ``None`` for one's own. Raises ``Refused``."""
    if owner.person_id == actor.person_id:
        return None
    held = next((one for one in actor.holdings if one.role in _REACHING), None)
    return held or _head(actor, owner) or _refuse("查看完整号码")


def may_set(actor: Actor, owner: Owner) -> Holding | None:
    """The post by which the asker may set the number; ``None`` for one's own. Raises ``Refused``."""
    if owner.person_id == actor.person_id:
        return None
    held = next((one for one in actor.holdings if one.role in _SETTING), None)
    of_unit = None if owner.of_district else _head(actor, owner)
    return held or of_unit or _refuse("登记号码")


def wait_of(reveals: list[datetime], now: datetime) -> int | None:
    """Seconds until there is room for the last of those of an hour, given in order; ``None`` when there is."""
    if len(reveals) <= REVEALS_AN_HOUR:
        return None
    return max(1, math.ceil((reveals[-REVEALS_AN_HOUR - 1] + HOUR - now).total_seconds()))


def _head(actor: Actor, owner: Owner) -> Holding | None:
    """The post at the head of a unit by which one reaches people of that unit, and those who serve the district."""
    heads = [held for held in actor.holdings if held.role is Role.UNIT_HEAD]
    return next((held for held in heads if owner.of_district or held.unit_id in owner.unit_ids), None)


def _refuse(what: str) -> Holding:
    raise Refused(Kind.NOT_ALLOWED, "contact_not_allowed", f"本人的岗位不能{what}")
