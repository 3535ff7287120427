"""Which notices the steps and the clock of a bulletin must have made, from the record alone (复核): for the auditor of the delivery.

Invariant: it goes by the functions that decided when the notices were written: whom a step tells, when the clock tells the next
time, and that who has read is not chased.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.audit import Entry
from domain.bulletin import telling, waiting
from domain.bulletin.shapes import Bulletin
from domain.bulletin.words import Action
from domain.notices import NoticeKind
from domain.owed import GRACE, TOLERANCE, Owed, of


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A post that was sent a bulletin, and when it took note of that (aware), if it did."""

    post_id: str
    read_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Round:
    """One time that the clock told somebody: at which step of the bulletin, and when (aware)."""

    seq: int
    at: datetime


def owed(
    steps: Sequence[tuple[Bulletin, Entry]], readers: Sequence[Reader], rounds: Sequence[Round], now: datetime
) -> Iterator[Owed]:
    """What a chain owes at ``now`` (aware): ``steps`` are the bulletin after each entry, ``rounds`` in the order of time."""
    before: Bulletin | None = None
    for after, entry in steps:
        yield from of(telling.of_step(before, after, entry))
        if entry.action == Action.ISSUE:
            yield from _of_readers(after, NoticeKind.BULLETIN, readers, entry.at)
        if entry.action == Action.WITHDRAW and after.number:
            yield from _of_readers(after, NoticeKind.BULLETIN_WITHDRAWN, readers, entry.at)
        before = after
    for run, until in _waits(steps):
        seqs = {one.seq for one in run}
        yield from _by_the_clock(run, [one for one in rounds if one.seq in seqs], readers, until, now)


def _of_readers(
    bulletin: Bulletin, kind: NoticeKind, readers: Sequence[Reader], at: datetime
) -> Iterator[Owed]:
    for one in readers:
        yield Owed(case_id=bulletin.id, seq=bulletin.seq, kind=kind, post_id=one.post_id, at=at)


def _waits(steps: Sequence[tuple[Bulletin, Entry]]) -> Iterator[tuple[list[Bulletin], datetime | None]]:
    """The stretches in which a bulletin waited for one thing, each with when it moved on."""
    run: list[Bulletin] = []
    for after, entry in steps:
        if run and after.since != run[0].since:
            yield run, entry.at
            run = []
        run.append(after)
    if run:
        yield run, None


def _by_the_clock(
    run: Sequence[Bulletin],
    rounds: Sequence[Round],
    readers: Sequence[Reader],
    until: datetime | None,
    now: datetime,
) -> Iterator[Owed]:
    """What the clock owes in one stretch: each round that came in its time, and the one that never came."""
    standing = replace(run[0], nudges=0)
    by_seq = {one.seq: one for one in run}
    for one in rounds:
        due = waiting.next_at(standing, unread=True)
        if due is not None and one.at >= due:
            yield from _told(by_seq[one.seq], readers, one.at, one.at)
            standing = waiting.nudged(standing, one.at)
    due = waiting.next_at(standing, unread=True)
    if due is not None and due + GRACE <= min(until or now, now):
        # nobody was told, though it was due long before it moved on
        yield from _told(run[-1], readers, due, min(until or now, now))


def _told(bulletin: Bulletin, readers: Sequence[Reader], at: datetime, still_at: datetime) -> Iterator[Owed]:
    """Who is told at an instant: the post that it waits on, or who has not read it; doubtful who read it in the same moment."""
    post = telling.waiting_post(bulletin)
    if post is not None:
        yield Owed(case_id=bulletin.id, seq=bulletin.seq, kind=NoticeKind.REMINDER, post_id=post, at=still_at)
    for one in readers if bulletin.state.in_force else ():
        if one.read_at is None or one.read_at > at - TOLERANCE:
            yield Owed(
                case_id=bulletin.id,
                seq=bulletin.seq,
                kind=NoticeKind.BULLETIN_UNREAD,
                post_id=one.post_id,
                at=still_at,
                certain=one.read_at is None or one.read_at > still_at + TOLERANCE,
            )
