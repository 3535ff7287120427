"""Submitting: what a unit hands in, when it counts as having come, and every reason to refuse it.

Invariant: the service's clock decides, on every path; what comes after cut-off is refused, also where a message is said to
have come before; a correction is version n + 1 with a reason, and a late one stays late.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.collection.judging import outstanding
from domain.collection.kinds import Counted
from domain.collection.lists import digest
from domain.collection.shapes import Collection, Member, Submission
from domain.collection.words import Phase, Via
from domain.errors import Kind, Refused
from domain.evidence import Evidence, EvidenceKind
from domain.people import Holding


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is handed in; ``received_at`` is the message's own time where the office registers it."""

    content: Mapping[str, Any]
    is_zero: bool = False
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
    via: Via = Via.API
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """A submission for the record, and its unit as it stands with it."""

    submission: Submission
    member: Member
    outstanding: bool


def submit(
    collection: Collection,
    member: Member,
    given: Given,
    person_id: str,
    holding: Holding,
    request_id: str,
    now: datetime,
) -> Submitted:
    """Decide a submission at ``now``. Raises ``Refused`` with the field that is not right."""
    check_window(collection, now)
    _check_unit(collection, member, given)
    _check_evidence(collection, given)
    at = _arrival(collection, given, now)
    submission = Submission(
        collection_id=collection.id,
        unit_id=member.unit_id,
        version=member.version + 1,
        received_at=at,
        recorded_at=now,
        via=given.via,
        person_id=person_id,
        post_id=holding.post_id,
        on_behalf_of=holding.on_behalf_of,
        content=given.content,
        reason=given.reason,
        is_zero=given.is_zero,
        evidence=given.evidence,
        request_id=request_id,
    )
    submission = replace(submission, hash=digest(submission))
    after = _after(collection, member, submission)
    left = outstanding(after, review=collection.kind.review)
    return Submitted(submission=submission, member=after, outstanding=left)


def _after(collection: Collection, member: Member, submission: Submission) -> Member:
    """The unit with its new version; the first arrival counts, unless the kind lets that of a replacement count."""
    anew = member.counted_at is None or (member.returned and collection.kind.counted is Counted.LAST)
    return replace(
        member,
        version=submission.version,
        counted_at=submission.received_at if anew else member.counted_at,
        returned=False,
        accepted=False,
        last_hash=submission.hash,
    )


def check_window(collection: Collection, now: datetime) -> None:
    """Refuse what comes before the opening or after the cut-off, by the service's clock."""
    window = collection.window
    if collection.phase is Phase.CANCELLED:
        raise Refused(Kind.WRONG_STAGE, "collection_cancelled", "该项收集已撤销，不必报送", stage="cancelled")
    if collection.phase is Phase.ENDED or now > window.cut_off_at:
        ended = collection.ended_at if collection.ended_early and collection.ended_at else window.cut_off_at
        message = f"已于{window.spoken(ended)}截止，不再接收报送"
        raise Refused(Kind.WRONG_STAGE, "after_cut_off", message, stage=Phase.ENDED.value)
    if now < window.opens_at:
        message = f"{window.spoken(window.opens_at)}起方可报送"
        raise Refused(Kind.WRONG_STAGE, "not_open_yet", message, stage=Phase.SCHEDULED.value)


def _check_unit(collection: Collection, member: Member, given: Given) -> None:
    if member.exempt:
        raise Refused(Kind.CONFLICT, "unit_exempt", "该单位此次免报，无须报送", field="unit_id")
    if member.version and not member.returned and not (given.reason or "").strip():
        message = f"已报送第 {member.version} 版，更正须写明理由"
        raise Refused(Kind.INVALID, "reason_required", message, field="reason", fields=["reason"])
    if given.is_zero and not collection.kind.zero:
        message = f"“{collection.kind.label}”不能以零报告代替"
        raise Refused(Kind.CONFLICT, "zero_not_accepted", message, field="is_zero")


def _check_evidence(collection: Collection, given: Given) -> None:
    kinds = [one.kind for one in given.evidence]
    if given.via is Via.GROUP and EvidenceKind.SCREENSHOT not in kinds:
        raise _lacking([EvidenceKind.SCREENSHOT])
    if given.is_zero or any(alternative in kinds for alternative in collection.kind.seal_alternative):
        return
    wanted = [EvidenceKind(kind) for kind in collection.kind.evidence]
    if lacking := [kind for kind in wanted if kind not in kinds]:
        raise _lacking(lacking)
    places = [kinds.index(kind) for kind in wanted]
    if places != sorted(places):
        order = "、".join(kind.label for kind in wanted)
        message = f"材料须按“{order}”的先后次序提供"
        raise Refused(Kind.CONFLICT, "evidence_out_of_order", message, field="evidence")


def _lacking(kinds: list[EvidenceKind]) -> Refused:
    names = "、".join(kind.label for kind in kinds)
    codes = [kind.value for kind in kinds]
    return Refused(Kind.CONFLICT, "evidence_missing", f"缺少材料：{names}", field="evidence", evidence=codes)


def _arrival(collection: Collection, given: Given, now: datetime) -> datetime:
    if given.via is Via.API:
        return now
    at = given.received_at
    if at is None:
        message = "代登记须写明消息本身的时间"
        raise Refused(Kind.INVALID, "received_at_required", message, field="received_at")
    if at > now:
        raise Refused(Kind.CONFLICT, "received_at_in_future", "消息时间晚于现在", field="received_at")
    if at < collection.window.opens_at:
        message = f"消息时间早于开启时刻{collection.window.spoken(collection.window.opens_at)}"
        raise Refused(Kind.CONFLICT, "received_at_too_early", message, field="received_at")
    return at
