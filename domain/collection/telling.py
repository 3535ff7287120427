"""Who is told what of an act on a collection, and which units of a list are meant.

Invariant: whether a unit is told depends on how it stands on the list and on nothing else, so the auditor finds later what was
decided when the notices were written.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.collection.shapes import Collection, Member, Telling
from domain.notices import NoticeKind


def is_told(telling: Telling, member: Member) -> bool:
    """Whether this unit is told: the one that is meant, or of all those that have something to submit, or simply all."""
    if telling.unit_id is not None:
        meant = member.unit_id == telling.unit_id
    else:
        meant = (telling.all_units or member.due_at is None) and not member.exempt
    return meant and (telling.all_units or member.counted_at is None or member.returned)


def cancelled(collection: Collection, reason: str | None, now: datetime) -> Telling:
    """Nobody need submit any more."""
    return _telling(f"“{collection.title}”已撤销，不必报送：{reason}", now)


def extended(collection: Collection, unit_id: str, until: datetime, now: datetime) -> Telling:
    """One unit has more time."""
    return _telling(
        f"“{collection.title}”：贵单位的报送时限延至{collection.window.spoken(until)}", now, unit_id
    )


def exempted(collection: Collection, unit_id: str, reason: str | None, now: datetime) -> Telling:
    """One unit need not submit."""
    return _telling(f"“{collection.title}”：贵单位此次免报，理由：{reason}", now, unit_id)


def returned(collection: Collection, unit_id: str, reasons: Sequence[str], now: datetime) -> Telling:
    """What one unit submitted was found defective."""
    until = collection.window.spoken(collection.window.cut_off_at)
    text = f"“{collection.title}”：贵单位的材料不合格，已退回（{'；'.join(reasons)}），请于{until}前重新报送"
    return _telling(text, now, unit_id)


def _telling(text: str, now: datetime, unit_id: str | None = None) -> Telling:
    kind = NoticeKind.COLLECTION_DECIDED
    return Telling(kind=kind, text=text, due_at=now, unit_id=unit_id, all_units=True)
