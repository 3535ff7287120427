"""What a unit is on the list: judged from its row and the window alone, the same at any instant and when the list is frozen.

Invariant: a late one stays late after a correction; a returned one is defective until it is replaced; whoever submitted nothing
is missing, and an explicit zero is a submission.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from domain.collection.lists import Counts, Frozen, Standing, digest
from domain.collection.shapes import Collection, Member
from domain.collection.window import Window
from domain.collection.words import Outcome


def outcome(member: Member, window: Window) -> Outcome:
    """What the unit is now."""
    if member.exempt:
        return Outcome.EXEMPT
    if member.counted_at is None:
        return Outcome.MISSING
    if member.returned:
        return Outcome.DEFECTIVE
    return Outcome.ON_TIME if window.is_on_time(member.counted_at, member.due_at) else Outcome.LATE


def standing(member: Member, window: Window) -> Standing:
    """What the unit is now, with what that rests on."""
    found = outcome(member, window)
    at = member.counted_at
    late = window.late_minutes(at, member.due_at) if at is not None and found is Outcome.LATE else None
    return Standing(
        unit_id=member.unit_id,
        unit_name=member.unit_name,
        outcome=found,
        due_at=member.due_at or window.due_at,
        version=member.version,
        received_at=at,
        late_minutes=late,
        returns=member.returns,
        basis=member.basis,
        submission_hash=member.last_hash,
    )


def freeze(collection: Collection, members: Iterable[Member], now: datetime) -> Frozen:
    """The list as it is at ``now``, with its hash."""
    standings = tuple(
        sorted((standing(member, collection.window) for member in members), key=lambda one: one.unit_id)
    )
    found = frozen(collection, standings, Counts.of(one.outcome for one in standings), now, "")
    return replace(found, hash=digest(found))


def frozen(
    collection: Collection, standings: tuple[Standing, ...], counts: Counts, at: datetime, known_as: str
) -> Frozen:
    """A list as it was frozen at ``at`` under the hash ``known_as``."""
    return Frozen(
        collection_id=collection.id,
        title=collection.title,
        kind=collection.kind.code,
        kind_label=collection.kind.label,
        basis=collection.basis,
        district=collection.district,
        window=collection.window,
        contact_post=collection.contact_post,
        contact_phone=collection.contact_phone,
        frozen_at=at,
        counts=counts,
        standings=standings,
        hash=known_as,
    )


def outstanding(member: Member, *, review: bool) -> bool:
    """Whether something is still to come from the unit, or to be reviewed, before the collection can end early."""
    if member.exempt:
        return False
    return member.version == 0 or member.returned or (review and not member.accepted)
