"""What a correction or supplement may say of a unit (更正、补充), judged against the frozen list and its window.

Invariant: a correction is for a unit that the list had wrong when it was frozen, with proof of it; a supplement for one that was
missing and came in after cut-off. How late somebody was is computed here, never told.
"""

from datetime import datetime

from domain.bulletin.shapes import Ruling
from domain.collection import Frozen, Outcome, Standing
from domain.errors import Kind, Refused


def corrected(
    frozen: Frozen, standing: Standing, becomes: Outcome, received_at: datetime | None, reason: str
) -> Ruling:
    """A unit that stood on the list wrongly. Raises ``Refused`` naming the field."""
    timed = becomes in (Outcome.ON_TIME, Outcome.LATE)
    if timed != (received_at is not None):
        what = "须填写收到时间" if timed else "不应填写收到时间"
        raise _refused("received_at_mismatch", what, "units.received_at")
    late = _late(frozen, standing, received_at)
    if received_at is not None and received_at > frozen.window.cut_off_at:
        raise _refused("received_after_cut_off", "截止之后报送的应当用补充通报", "units.received_at")
    if received_at is not None and received_at < frozen.window.opens_at:
        raise _refused("received_before_opening", "收到时间早于开启时刻", "units.received_at")
    if received_at is not None and (late is None) != (becomes is Outcome.ON_TIME):
        raise _refused("received_at_mismatch", "收到时间与“按时”“迟报”的结论不符", "units.received_at")
    changes_nothing = standing.outcome is becomes and late == standing.late_minutes
    if changes_nothing:
        raise _refused("ruling_changes_nothing", f"该单位现在就列为“{becomes.label}”", "units.outcome")
    return _ruling(standing, becomes, received_at, late, reason)


def supplemented(
    frozen: Frozen, standing: Standing, received_at: datetime | None, reason: str, now: datetime
) -> Ruling:
    """A missing unit that came in after cut-off. Raises ``Refused`` naming the field."""
    if standing.outcome is not Outcome.MISSING:
        raise _refused("not_missing", f"该单位列为“{standing.outcome.label}”，不是未报", "units.unit_id")
    if received_at is None or not frozen.window.cut_off_at < received_at <= now:
        raise _refused(
            "not_after_cut_off", "补报时间须在截止之后、此刻之前；截止之前报送的应当更正", "units.received_at"
        )
    return _ruling(standing, Outcome.LATE, received_at, _late(frozen, standing, received_at), reason)


def _late(frozen: Frozen, standing: Standing, received_at: datetime | None) -> int | None:
    """By how many minutes it was late against the instant that bound this unit; ``None`` for on time."""
    if received_at is None or frozen.window.is_on_time(received_at, standing.due_at):
        return None
    return frozen.window.late_minutes(received_at, standing.due_at)


def _ruling(
    standing: Standing, becomes: Outcome, received_at: datetime | None, late: int | None, reason: str
) -> Ruling:
    return Ruling(
        unit_id=standing.unit_id,
        unit_name=standing.unit_name,
        was=standing.outcome,
        becomes=becomes,
        reason=reason,
        received_at=received_at,
        late_minutes=late,
    )


def _refused(code: str, message: str, field: str) -> Refused:
    return Refused(Kind.CONFLICT, code, message, field=field)
