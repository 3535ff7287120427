"""What people decide about a running collection: more time or none for one unit, a review, its end.

Invariant: an act on one unit moves that unit alone; once the list is frozen nothing about it is decided any more; nobody reviews
the own unit's submission (职责分离).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.collection import telling
from domain.collection.changes import By, Said, changed
from domain.collection.shapes import Change, Collection, Extension, Member
from domain.collection.steps import around
from domain.collection.words import Action, Phase
from domain.errors import Kind, Refused
from domain.people import Actor


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One act: what, about which unit, why; ``until`` is the new due instant, ``reasons`` what a reviewer found wrong."""

    action: Action
    unit_id: str | None = None
    reason: str | None = None
    until: datetime | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What an act came to: the change, and the unit as it stands after it."""

    change: Change
    member: Member | None


def act(
    collection: Collection, member: Member | None, decision: Decision, actor: Actor, by: By, now: datetime
) -> Decided:
    """Decide an act. Raises ``Refused`` with the field that is not right."""
    if not collection.phase.is_open:
        code = "collection_cancelled" if collection.phase is Phase.CANCELLED else "collection_ended"
        message = f"收集{collection.phase.label}，不能再办理“{decision.action.label}”"
        raise Refused(Kind.WRONG_STAGE, code, message, stage=collection.phase.value)
    if decision.action is Action.CANCEL:
        after = replace(collection, phase=Phase.CANCELLED, ended_at=now, reason=decision.reason)
        told = telling.cancelled(collection, decision.reason, now)
        said = Said(reason=decision.reason)
        return Decided(change=changed(collection, after, "cancel", by, now, said, told), member=None)
    if member is None:
        raise Refused(Kind.CONFLICT, "unit_not_asked", "该单位不在本次收集的名单中", field="unit_id")
    if now > collection.window.cut_off_at:
        raise Refused(Kind.WRONG_STAGE, "collection_ended", "已过截止时刻，名单不再变动", stage="ended")
    return _EFFECTS[decision.action](collection, member, decision, actor, by, now)


def _extend(
    collection: Collection, member: Member, decision: Decision, _actor: Actor, by: By, now: datetime
) -> Decided:
    until = decision.until
    if until is None:
        raise Refused(Kind.INVALID, "fields_missing", "须写明延期到何时", fields=["until"])
    _check_undecided(member)
    _check_until(collection, member, until, now)
    others = tuple(one for one in collection.extensions if one.unit_id != member.unit_id)
    extension = Extension(unit_id=member.unit_id, due_at=until, reason=decision.reason or "")
    kept = tuple(key for key in collection.done if not key.endswith(f":{member.unit_id}"))
    passed = tuple(step.key for step in around(collection, until, member.unit_id) if step.at <= now)
    after = replace(collection, extensions=(*others, extension), done=(*kept, *passed))
    member = replace(member, due_at=until, basis=decision.reason)
    said = Said(reason=decision.reason, about={"unit_id": member.unit_id, "until": until})
    told = telling.extended(collection, member.unit_id, until, now)
    return Decided(
        change=changed(collection, after, decision.action.value, by, now, said, told), member=member
    )


def _check_until(collection: Collection, member: Member, until: datetime, now: datetime) -> None:
    window = collection.window
    if until <= now:
        raise Refused(Kind.CONFLICT, "until_in_past", "延期后的时刻已经过去", field="until")
    if until <= (member.due_at or window.due_at):
        raise Refused(Kind.CONFLICT, "extension_not_later", "延期后的时刻须晚于现有时限", field="until")
    if until > window.cut_off_at:
        message = f"延期不得超过截止时刻{window.spoken(window.cut_off_at)}"
        raise Refused(Kind.CONFLICT, "extension_beyond_cut_off", message, field="until")


def _exempt(
    collection: Collection, member: Member, decision: Decision, _actor: Actor, by: By, now: datetime
) -> Decided:
    _check_undecided(member)
    member = replace(member, exempt=True, basis=decision.reason)
    said = Said(reason=decision.reason, about={"unit_id": member.unit_id, "exempt": True})
    kept = tuple(one for one in collection.extensions if one.unit_id != member.unit_id)
    after = replace(collection, extensions=kept)
    told = telling.exempted(collection, member.unit_id, decision.reason, now)
    change = changed(collection, after, decision.action.value, by, now, said, told)
    return Decided(change=change, member=member)


def _check_undecided(member: Member) -> None:
    if member.exempt:
        raise Refused(Kind.CONFLICT, "already_exempt", "该单位已免报", field="unit_id")
    if member.version:
        raise Refused(Kind.CONFLICT, "already_submitted", "该单位已报送，不能再延期或免报", field="unit_id")


def _review(
    collection: Collection, member: Member, decision: Decision, actor: Actor, by: By, now: datetime
) -> Decided:
    accepted = decision.action is Action.ACCEPT
    if member.unit_id in actor.unit_ids:
        message = "不能审核本单位报送的材料"
        raise Refused(Kind.NOT_ALLOWED, "separation_of_duties", message)
    if member.version == 0 or member.returned or (accepted and member.accepted):
        message = "该单位没有待审核的报送"
        raise Refused(Kind.CONFLICT, "nothing_to_review", message, field="unit_id")
    if not accepted and not decision.reasons:
        raise Refused(Kind.INVALID, "fields_missing", "退回须逐条写明理由", fields=["reasons"])
    returns = member.returns if accepted else member.returns + 1
    member = replace(member, accepted=accepted, returned=not accepted, returns=returns)
    about = {"unit_id": member.unit_id, "version": member.version, "reasons": list(decision.reasons)}
    told = None if accepted else telling.returned(collection, member.unit_id, decision.reasons, now)
    change = changed(collection, collection, decision.action.value, by, now, Said(about=about), told)
    return Decided(change=change, member=member)


_EFFECTS = {
    Action.EXTEND: _extend,
    Action.EXEMPT: _exempt,
    Action.RETURN: _review,
    Action.ACCEPT: _review,
}
