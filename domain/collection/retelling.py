"""Which notices a change of a collection must have made, from the record alone (复核): for the auditor of the delivery.

Invariant: it decides by the same functions that decided when the change was made, over the collection that the chain gives and over
each unit as its entries and submissions say that it stood then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from domain.audit import Entry
from domain.collection import telling
from domain.collection.lists import Counts
from domain.collection.shapes import Collection, Member, Telling
from domain.collection.steps import end, next_step, pending, take
from domain.collection.words import END_EARLY, Action, StepKind
from domain.notices import NoticeKind
from domain.owed import GRACE, TOLERANCE, Owed
from domain.workdays import Calendar

_ENDS: Final = frozenset({END_EARLY, StepKind.CUT_OFF.value})

Desks = tuple[tuple[str | None, NoticeKind, str], ...]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit as it was put on the list, and when its submissions came on record (aware)."""

    member: Member
    submitted: Sequence[datetime] = ()

    def as_of(self, entries: Iterable[Entry], at: datetime) -> Member:
        """How it stood behind these entries at an instant."""
        version = sum(one <= at for one in self.submitted)
        counted_at = self.submitted[0] if version else None
        member = replace(self.member, version=version, counted_at=counted_at)
        for entry in entries:
            if entry.patch.get("unit_id") == member.unit_id:
                member = _after(member, entry)
        return member


def as_enlisted(member: Member, entries: Iterable[Entry]) -> Member:
    """The unit as it was put on the list: exempt from the start where no entry made it so."""
    decided = {one.patch.get("unit_id") for one in entries if one.action == Action.EXEMPT}
    return Member(
        collection_id=member.collection_id,
        unit_id=member.unit_id,
        unit_name=member.unit_name,
        post_id=member.post_id,
        exempt=member.exempt and member.unit_id not in decided,
    )


def _after(member: Member, entry: Entry) -> Member:
    if entry.action == Action.EXTEND:
        return replace(member, due_at=datetime.fromisoformat(entry.patch["until"]))
    if entry.action == Action.EXEMPT:
        return replace(member, exempt=True)
    if entry.action == Action.RETURN:
        return replace(member, returned=entry.patch["version"] == member.version)
    return member


def owed(
    steps: Sequence[tuple[Collection, Entry]],
    units: Sequence[Unit],
    desks: Mapping[str, str],
    calendar: Calendar,
    now: datetime,
) -> Iterator[Owed]:
    """What a chain owes at ``now`` (aware): ``steps`` are the collection after each entry, ``desks`` the posts of desks by name."""
    entries = [entry for _, entry in steps]
    for number, ((before, _), (after, entry)) in enumerate(pairwise(steps), 1):
        told, at_desks = _told(before, after, entry, calendar)
        for name, kind, _ in at_desks:
            post = after.contact_post if name is None else desks.get(name)
            if post is not None:
                yield Owed(case_id=after.id, seq=entry.seq, kind=kind, post_id=post, at=entry.at)
        if told is not None:
            yield from _of_units(after.id, entry, told, units, entries[:number])

    if steps:
        yield from _not_taken(steps[-1][0], units, entries, calendar, now)


def _not_taken(
    standing: Collection, units: Sequence[Unit], entries: Sequence[Entry], calendar: Calendar, now: datetime
) -> Iterator[Owed]:
    """What the first step would have told that was due long ago, tells somebody, and that nobody took."""
    while (coming := next_step(standing)) is not None and coming.at + GRACE <= now:
        if coming.kind is StepKind.CUT_OFF:
            kind, post = NoticeKind.COLLECTION_ENDED, standing.contact_post
            yield Owed(case_id=standing.id, seq=standing.seq + 1, kind=kind, post_id=post, at=now)
            return
        change = take(standing, coming, coming.at, calendar)
        if change.telling is not None:
            entry = replace(change.entry, at=now)
            yield from _of_units(standing.id, entry, change.telling, units, entries)
            return
        standing = change.collection


def _told(
    before: Collection, after: Collection, entry: Entry, calendar: Calendar
) -> tuple[Telling | None, Desks]:
    if entry.action in _ENDS:
        counts = Counts(**entry.patch["counts"])
        early = entry.action == END_EARLY
        return None, end(before, counts, after.frozen_hash or "", entry.at, calendar, early=early).desks
    step = next((one for one in pending(before) if one.key == entry.action), None)
    if step is not None:
        return take(before, step, entry.at, calendar).telling, ()
    return _of_act(before, entry), ()


def _of_act(before: Collection, entry: Entry) -> Telling | None:
    patch = entry.patch
    match entry.action:
        case Action.CANCEL:
            return telling.cancelled(before, entry.reason, entry.at)
        case Action.EXTEND:
            until = datetime.fromisoformat(patch["until"])
            return telling.extended(before, patch["unit_id"], until, entry.at)
        case Action.EXEMPT:
            return telling.exempted(before, patch["unit_id"], entry.reason, entry.at)
        case Action.RETURN:
            return telling.returned(before, patch["unit_id"], patch["reasons"], entry.at)
    return None


def _of_units(
    collection_id: str, entry: Entry, told: Telling, units: Sequence[Unit], earlier: Sequence[Entry]
) -> Iterator[Owed]:
    """The posts of the units that are told; doubtful where a submission came in the same moment."""
    for unit in units:
        # what an act decides about a unit is told to the unit as it stands with it
        known = [*earlier, entry]
        sooner, later = (unit.as_of(known, at) for at in (entry.at - TOLERANCE, entry.at + TOLERANCE))
        meant = [telling.is_told(told, one) for one in (sooner, later)]
        if any(meant):
            yield Owed(
                case_id=collection_id,
                seq=entry.seq,
                kind=told.kind,
                post_id=unit.member.post_id,
                at=entry.at,
                certain=all(meant),
            )
