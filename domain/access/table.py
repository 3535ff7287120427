"""The table itself, and how it is asked.

Invariant: an operation stands in one feature's rows only.
"""

from collections.abc import Mapping
from typing import Final

from domain.access.bulletins import BULLETINS
from domain.access.collections import COLLECTIONS
from domain.access.hazards import HAZARDS
from domain.access.identity import IDENTITY
from domain.access.messages import MESSAGES
from domain.access.organisation import ORGANISATION
from domain.access.rows import Row, Way
from domain.errors import Refused
from domain.hazard.checks import role_required
from domain.people import Actor, Holding

OPERATIONS: Final[Mapping[str, Row]] = {
    **IDENTITY,
    **ORGANISATION,
    **HAZARDS,
    **COLLECTIONS,
    **BULLETINS,
    **MESSAGES,
}
"""Operation → row. A new route adds its row to those of its feature."""


def check(operation: str, actor: Actor) -> None:
    """Let in whom the operation lets in. Raises ``Refused`` (``role_required``) naming the roles that could."""
    row = OPERATIONS[operation]
    if row.way is Way.POSTS and not _holdings(row, actor):
        raise refusal(operation)


def refusal(operation: str) -> Refused:
    """The refusal of somebody whose posts may not do the operation."""
    return role_required(frozenset(OPERATIONS[operation].by))


def visible_units(operation: str, actor: Actor) -> frozenset[str] | None:
    """The units whose rows the operation may show to ``actor``; ``None`` means the whole district."""
    row = OPERATIONS[operation]
    reached = [held.units(row.by[held.role]) for held in _holdings(row, actor)]
    if any(units is None for units in reached):
        return None
    return frozenset().union(*(units for units in reached if units is not None))


def capacity(operation: str, actor: Actor, unit_id: str) -> Holding | None:
    """The first post by which ``actor`` may do the operation to something of ``unit_id``, if any."""
    row = OPERATIONS[operation]
    return next((held for held in _holdings(row, actor) if held.reaches(unit_id)), None)


def _holdings(row: Row, actor: Actor) -> list[Holding]:
    return [held for held in actor.holdings if held.role in row.by]
