"""Changing an organisation (调整): what is proposed, and the organisation that it makes.

Invariant: what has been is never changed: whoever held a post stays on record as having held it until the change, and nobody
is made to have held one before it. Proposing the same again changes nothing.
Source: notice, section 2: whoever comes after takes over, without a new document (由变动后人员自动接替，不在另行出文).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.errors import Kind, Refused
from domain.organisation.faults import key
from domain.organisation.shapes import (
    Area,
    Organisation,
    Post,
    Span,
    Substitution,
    Tenure,
    Unit,
    UnitKind,
)
from domain.organisation.vacancies import first_vacancy


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Rows as they shall be; what is not named stays as it is.

    The ``holders`` of a post are all who hold it from now on; one without a start holds it already, or from now on. Where all
    of them are still to come, everything stays as it is until the first comes. ``substitutions`` of a post likewise are
    all that there are from now on. ``takes`` names a person for a post that would be left without a holder.
    """

    kinds: tuple[UnitKind, ...] = ()
    areas: tuple[Area, ...] = ()
    units: tuple[Unit, ...] = ()
    posts: tuple[Post, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    holders: tuple[Tenure, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    desks: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, str] = field(default_factory=dict)


def amend(before: Organisation, proposal: Proposal, now: datetime) -> Organisation:
    """The organisation after ``proposal``, made at ``now`` (aware); whether it is sound is :func:`faults.check`'s to say.

    Raises:
        Refused: ``past_changed`` where somebody would have held a post, or stood in, before now.
    """
    posts = dict(before.posts) | {
        one.id: _bound(before.posts.get(one.id), one, now) for one in proposal.posts
    }
    tenures = [*_handed_over(before, posts, now)]
    tenures = [*_holders(tenures, proposal.holders, before.posts, now)]
    after = Organisation(
        kinds=dict(before.kinds) | {one.code: one for one in proposal.kinds},
        areas=dict(before.areas) | {one.id: one for one in proposal.areas},
        units=dict(before.units) | {one.id: one for one in proposal.units},
        posts=posts,
        people=dict(before.people) | dict(proposal.people),
        desks=dict(before.desks) | dict(proposal.desks),
        tenures=tuple(tenures),
        substitutions=tuple(_substitutions(before.substitutions, proposal.substitutions, now)),
    )
    return _taken(after, proposal.takes, now)


def _bound(before: Post | None, wanted: Post, now: datetime) -> Post:
    """The post as wanted, bound from now on where it was not bound so before."""
    if wanted.bound_to is None or before is None:
        return wanted
    return replace(wanted, bound_from=before.bound_from if before.bound_to == wanted.bound_to else now)


def _handed_over(before: Organisation, posts: Mapping[str, Post], now: datetime) -> Iterator[Tenure]:
    """The tenures as they are, with those who held a post by a binding that ends now put on record as its own holders."""
    for tenure in before.tenures:
        if posts[tenure.post_id].bound_to is None or before.posts[tenure.post_id].bound_to is not None:
            yield tenure
        elif tenure.span.begun(now) and (ended := _ending(tenure, now)) is not None:
            yield ended
    for post in before.posts.values():
        if post.bound_to is not None and posts[post.id].bound_to != post.bound_to:
            for tenure in before.tenures_of(post.id):
                if tenure.span.begun(now) and tenure not in before.tenures:
                    ended = _ending(tenure, now)
                    yield from () if ended is None else (ended,)


def _holders(
    tenures: Sequence[Tenure], listed: Iterable[Tenure], known: Mapping[str, Post], now: datetime
) -> Iterator[Tenure]:
    """The tenures, with those of every post that is named replaced from now on."""
    by_post: dict[str, list[Tenure]] = {}
    for row in listed:
        by_post.setdefault(row.post_id, []).append(row)
    yield from (one for one in tenures if one.post_id not in by_post)
    for post_id, rows in by_post.items():
        existing = [one for one in tenures if one.post_id == post_id]
        if post_id not in known:
            yield from rows
        else:
            yield from _succeeded(existing, rows, now)


def _succeeded(existing: Sequence[Tenure], rows: Sequence[Tenure], now: datetime) -> Iterator[Tenure]:
    living = [one for one in existing if not one.span.over(now)]
    yield from (one for one in existing if one.span.over(now))
    matched: list[Tenure] = []
    wanted: list[Tenure] = []
    for row in rows:
        if row.span.over(now):
            if row not in existing:
                raise _past("holders", key(row), "valid_to")
            continue
        match = next((one for one in living if one not in matched and _is_same(one, row, now)), None)
        matched += [match] if match else []
        since = match.span.since if match else row.span.since or now
        if match is None and since is not None and since < now:
            raise _past("holders", key(row), "valid_from")
        wanted.append(replace(row, span=Span(since=since, until=row.span.until)))
    yield from wanted
    leaves = now if any(one.span.begun(now) for one in wanted) else _first(wanted, now)
    for one in living:
        if one not in matched:
            ended = _ending(one, leaves)
            yield from () if ended is None else (ended,)


def _first(tenures: Sequence[Tenure], now: datetime) -> datetime:
    """When the first of these begins; now where there are none."""
    return min((one.span.since for one in tenures if one.span.since is not None), default=now)


def _is_same(one: Tenure, row: Tenure, now: datetime) -> bool:
    """Whether a row speaks of this tenure: the same person's, begun when it says, or running where it does not say."""
    if one.person_id != row.person_id:
        return False
    return one.span.begun(now) if row.span.since is None else one.span.since == row.span.since


def _ending(tenure: Tenure, at: datetime) -> Tenure | None:
    """The tenure ended by ``at`` at the latest; nothing where it would not have begun."""
    until = at if tenure.span.until is None else min(at, tenure.span.until)
    ended = replace(tenure, span=replace(tenure.span, until=until))
    return None if ended.span.empty else ended


def _substitutions(
    existing: Sequence[Substitution], rows: Sequence[Substitution], now: datetime
) -> Iterator[Substitution]:
    """The substitutions, with those of every post that is named replaced from now on."""
    named = {row.post_id for row in rows}
    matched: list[Substitution] = []
    for row in rows:
        match = next((one for one in existing if one not in matched and _is_same_days(one, row, now)), None)
        if match is None and row.span.over(now):
            raise _past("substitutions", key(row), "last_day")
        matched += [match] if match else []
        yield replace(row, span=replace(row.span, since=match.span.since)) if match else _from_now(row, now)
    for one in existing:
        if one in matched:
            continue
        if one.post_id not in named or one.span.over(now):
            yield one
        elif one.span.begun(now):
            yield replace(one, span=replace(one.span, until=now))


def _is_same_days(one: Substitution, row: Substitution, now: datetime) -> bool:
    """Whether a row speaks of this substitution; what began today began when it was entered."""
    if replace(one, span=row.span) != row or one.span.over(now) != row.span.over(now):
        return False
    if row.span.over(now):
        return one.span.until == row.span.until
    return one.span.since == row.span.since or (one.span.begun(now) and row.span.begun(now))


def _from_now(row: Substitution, now: datetime) -> Substitution:
    return replace(row, span=row.span.since_at_least(now))


def _taken(after: Organisation, takes: Mapping[str, str], now: datetime) -> Organisation:
    """The organisation with every post that would be left alone taken by the person named for it."""
    for post_id, person_id in takes.items():
        at = first_vacancy(after, post_id, now)
        if at is not None:
            post = after.posts.get(post_id)
            seat = post.bound_to if post is not None and post.bound_to is not None else post_id
            tenure = Tenure(post_id=seat, person_id=person_id, span=Span(since=at))
            after = replace(after, tenures=(*after.tenures, tenure))
    return after


def _past(table: str, row: str, field: str) -> Refused:
    message = f"{table} 的 {row}：只能改动此刻以后的，已经过去的不能改写"
    return Refused(Kind.CONFLICT, "past_changed", message, table=table, row=row, field=field)
