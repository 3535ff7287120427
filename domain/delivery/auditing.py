"""The auditor of the delivery (送达复核): what should have been sent, against what was.

Invariant: it judges by the record, the directory and the contact points as they were, and by the ledger's attempts; the ledger's
own reasons are believed only where the record bears them out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain import workdays
from domain.delivery.messages import ChannelName, DeliveryState
from domain.notices import Notice
from domain.owed import GRACE, TOLERANCE, Owed
from domain.workdays import Calendar


class Flaw(StrEnum):
    """What is wrong."""

    MISSING = "missing"
    EXTRA = "extra"

    @property
    def label(self) -> str:
        """The word that people use."""
        return {"missing": "漏发", "extra": "多发"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One flaw: of which notice, and a Chinese sentence."""

    flaw: Flaw
    notice_id: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the record, the directory and the contact points say of one notice; instants are aware.

    Attributes:
        routed_at: when its recipients were resolved, if they were.
        people: who held its post then.
        reached: the verified channels of each recipient then, in their order; posts and groups beside people.
        overtaken_at: since when the record needs no message of it any more.
    """

    notice: Notice
    routed_at: datetime | None
    people: frozenset[str]
    reached: Mapping[str, Sequence[ChannelName]]
    overtaken_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """One row of the ledger with its attempts.

    ``begun`` are the attempts that may have arrived, in order, each with whether it was marked as a repeat or known by its id;
    ``held`` is whether the recipient held the post when it was settled.
    """

    recipient: str
    channel: ChannelName
    state: DeliveryState
    queued_at: datetime
    settled_at: datetime | None
    held: bool
    begun: tuple[tuple[datetime, bool], ...] = ()


def judge(expected: Expected, found: Sequence[Found], calendar: Calendar, now: datetime) -> Iterator[Finding]:
    """Everything that is wrong with the delivery of one notice at ``now`` (aware)."""
    notice = expected.notice
    if expected.routed_at is None:
        if now - notice.leaves_at > GRACE:
            yield _missing(notice, "到时后没有寻址")
        return
    inbox = {one.recipient for one in found if one.channel is ChannelName.INBOX}
    for person in sorted(expected.people - inbox):
        yield _missing(notice, f"没有送入 {person} 的站内通知")
    for recipient, channels in sorted(expected.reached.items()):
        rows = [one for one in found if one.recipient == recipient and one.channel is not ChannelName.INBOX]
        if why := _lacking(expected, channels, rows, calendar, now):
            yield _missing(notice, f"{recipient}：{why}")
    for one in found:
        if why := _too_much(expected, one):
            yield Finding(
                flaw=Flaw.EXTRA, notice_id=notice.id, sentence=f"{one.recipient} {one.channel.label}：{why}"
            )


def _lacking(
    expected: Expected, channels: Sequence[ChannelName], rows: list[Found], calendar: Calendar, now: datetime
) -> str | None:
    """What lacks for one recipient who should have been told by one of some channels."""
    if not rows:
        return f"没有走{channels[0].label}"
    last = max(rows, key=lambda one: one.queued_at)
    match last.state:
        case DeliveryState.SENT | DeliveryState.MUTED:
            return None
        case DeliveryState.MOOT:
            settled = last.settled_at or now
            borne_out = expected.overtaken_at is not None and expected.overtaken_at <= settled
            return None if borne_out else "称已办理而未发，留痕中没有办理"
        case DeliveryState.SUPERSEDED:
            return "称已换人而未发，其时仍在岗" if last.held else None
        case DeliveryState.FAILED:
            return "各渠道均未送达"
        case _:
            return "到时仍未发出" if now - _may_leave(expected.notice, last, calendar) > GRACE else None


def _may_leave(notice: Notice, row: Found, calendar: Calendar) -> datetime:
    asked = max(row.queued_at, notice.leaves_at)
    return asked if notice.urgent else workdays.next_opening(calendar, asked)


def _too_much(expected: Expected, one: Found) -> str | None:
    """What is too much about one row of the ledger."""
    if one.channel is ChannelName.INBOX or not one.begun:
        return None
    who, _, person = one.recipient.partition(":")
    if (
        who == "person"
        and person not in {name.partition(":")[2] for name in expected.people}
        and not one.held
    ):
        return "收件人并不在岗"
    if one.recipient not in expected.reached and not one.held:
        return "没有已验证的联系方式"
    if any(at < expected.notice.leaves_at for at, _ in one.begun):
        return "早于规定的时间发出"
    if not all(marked for _, marked in one.begun[1:]):
        return "重复发出而没有标明重发"
    over = expected.overtaken_at
    if over is not None and any(at > over + TOLERANCE for at, _ in one.begun):
        return "办理之后仍然发出"
    return None


def _missing(notice: Notice, sentence: str) -> Finding:
    return Finding(flaw=Flaw.MISSING, notice_id=notice.id, sentence=sentence)


def compared(owed: Iterable[Owed], kept: Iterable[tuple[str, Owed]]) -> Iterator[Finding]:
    """What the outbox lacks of the notices that the record must have made, and what it has beyond them.

    ``kept`` are the notices of the outbox by their ids, as what they would answer to.
    """
    due: dict[tuple[Any, ...], list[Owed]] = defaultdict(list)
    there: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for one in owed:
        due[one.key].append(one)
    for notice_id, one in kept:
        there[one.key].append(notice_id)
    for key in sorted({*due, *there}):
        least, ids = sum(one.certain for one in due[key]), sorted(there[key])
        case_id, seq, kind, post_id = key
        for _ in range(least - len(ids)):
            sentence = f"留痕应有的通知不在待发表中（{kind.label}，{post_id}）"
            yield Finding(flaw=Flaw.MISSING, notice_id=f"{case_id}.{seq}", sentence=sentence)
        for notice_id in ids[len(due[key]) :]:
            yield Finding(flaw=Flaw.EXTRA, notice_id=notice_id, sentence="待发表中的通知没有留痕依据")
