"""Posts that would be left without a holder, work that would be left with nobody, ladders that would reach nobody.

Invariant: a substitute fills no vacancy: nobody can be stood in for who is not there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.errors import Kind, Refused
from domain.ladder import Addressee
from domain.organisation.faults import key
from domain.organisation.shapes import Organisation, Substitution
from domain.policy import unreachable
from domain.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Vacancy:
    """A post that nobody holds from ``at`` on (aware), and how many open cases wait on it."""

    post_id: str
    at: datetime
    cases: int


def first_vacancy(organisation: Organisation, post_id: str, now: datetime) -> datetime | None:
    """The first instant from ``now`` on (aware) at which nobody holds a post; ``None`` where somebody always does."""
    post = organisation.posts.get(post_id)
    at: datetime | None = now
    while at is not None and post is not None:
        if not post.span.covers(at):
            return at
        ends = [one.span.until for one in organisation.tenures_of(post_id) if one.span.covers(at)]
        if not ends:
            return at
        at = None if None in ends else max(end for end in ends if end is not None)
        if post.span.until is not None:
            at = post.span.until if at is None else min(at, post.span.until)
    return at


def check_open_work(
    before: Organisation, after: Organisation, waiting: Mapping[str, int], now: datetime
) -> None:
    """Refuse a change that would leave open work without a holder; ``waiting`` is how many open cases lie with each post.

    Raises:
        Refused: ``open_work_without_holder`` with the posts in ``posts`` and the first of them as ``row``.
    """
    left = [*_left_alone(before, after, waiting, now)]
    if left:
        first = left[0]
        told = "；".join(f"{one.post_id}（{one.cases} 件在办）" for one in left)
        raise Refused(
            Kind.CONFLICT,
            "open_work_without_holder",
            f"以下岗位将无人在任而仍有在办事项，请指定接手人：{told}",
            table="posts",
            row=first.post_id,
            field="holders",
            posts=[one.post_id for one in left],
        )


def check_ladders(before: Organisation, after: Organisation, terms: Terms, now: datetime) -> None:
    """Refuse a change after which a ladder of ``terms`` reaches nobody where it reached somebody.

    Raises:
        Refused: ``ladder_reaches_nobody`` with the unit as ``row``.
    """
    for at in (now, *_turns(after, now)):
        for unit_id in after.units:
            if not after.kinds[after.units[unit_id].kind].inspected:
                continue
            lost = unreachable(terms, reached(after, unit_id, at))
            known = unreachable(terms, reached(before, unit_id, at)) if unit_id in before.units else ()
            if new := [level for level in lost if level not in known]:
                message = f"{unit_id} 的等级 {new[0]} 督办阶梯将到不了任何人，请先安排在任者"
                raise Refused(
                    Kind.CONFLICT,
                    "ladder_reaches_nobody",
                    message,
                    table="units",
                    row=unit_id,
                    field="holders",
                )


def reached(organisation: Organisation, unit_id: str, at: datetime) -> frozenset[Addressee]:
    """Whom the ladder of a case of this unit would find at ``at`` (aware): those whose post somebody holds."""
    unit, desks = organisation.units[unit_id], organisation.desks
    found: dict[Addressee, Iterable[str | None]] = {
        Addressee.RECTIFIER: [unit.unit_post],
        Addressee.UNIT_HEAD: organisation.heads_of(unit_id),
        Addressee.TEAM: [organisation.team_of(unit_id)],
        Addressee.OFFICE: [desks.get("office")],
        Addressee.DEPUTY: [desks.get("deputy")],
        Addressee.LEADER: [desks.get("leader")],
    }
    return frozenset(
        addressee
        for addressee, posts in found.items()
        if any(post is not None and organisation.holders(post, at) for post in posts)
    )


def moot(organisation: Organisation, now: datetime) -> Iterator[Substitution]:
    """Substitutions, running or to come, for somebody who at no instant of them holds the post: they give no right."""
    for one in organisation.substitutions:
        held = organisation.tenures_of(one.post_id)
        held = tuple(tenure for tenure in held if tenure.person_id == one.absent_id)
        if not one.span.over(now) and not any(tenure.span.overlaps(one.span) for tenure in held):
            yield one


def check_moot(before: Organisation, after: Organisation, now: datetime) -> None:
    """Refuse a new substitution for somebody who does not hold the post. Raises ``Refused`` (``substitution_moot``)."""
    for one in moot(after, now):
        if one not in before.substitutions:
            message = f"substitutions 的 {key(one)}：被代理人在这些日子里不任该岗位"
            raise Refused(
                Kind.CONFLICT,
                "substitution_moot",
                message,
                table="substitutions",
                row=key(one),
                field="absent_id",
            )


def _left_alone(
    before: Organisation, after: Organisation, waiting: Mapping[str, int], now: datetime
) -> Iterator[Vacancy]:
    for post_id, cases in sorted(waiting.items()):
        at = first_vacancy(after, post_id, now)
        was = first_vacancy(before, post_id, now)
        if at is not None and (was is None or at < was):
            yield Vacancy(post_id=post_id, at=at, cases=cases)


def _turns(organisation: Organisation, now: datetime) -> list[datetime]:
    """The instants to come at which somebody leaves a post, in order."""
    ends = {one.span.until for one in organisation.tenures if one.span.until is not None}
    return sorted(end for end in ends if end > now)
