"""What an organisation must be before anybody acts by it: every row whole, no post taken twice, no circle, no chain.

Invariant: a fault names the table, the row and the field that it is about, and quotes nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence

from domain.errors import Kind, Refused
from domain.organisation.shapes import Organisation, Post, Substitution, Tenure
from domain.people import Role


def check(after: Organisation, before: Organisation) -> None:
    """Refuse a change to an organisation by which nobody could act rightly; what was wrong already is no reason.

    Raises:
        Refused: the first new one of :func:`faults`, with ``table``, ``row`` and ``field``.
    """
    known = {_identity(fault) for fault in faults(before)}
    for fault in faults(after):
        if _identity(fault) not in known:
            raise fault


def faults(organisation: Organisation) -> Iterator[Refused]:
    """Everything that is wrong, as the refusals that it earns, in the order of the tables."""
    yield from _units(organisation)
    for post in organisation.posts.values():
        yield from _post(organisation, post)
    for tenure in organisation.tenures:
        yield from _tenure(organisation, tenure)
    yield from _seats(organisation)
    for one in organisation.substitutions:
        yield from _substitution(organisation, one)
    yield from _chains(organisation)
    for name, post_id in organisation.desks.items():
        yield from _reference(organisation, "desks", name, "post_id", post_id)


def _units(organisation: Organisation) -> Iterator[Refused]:
    for area in organisation.areas.values():
        yield from _team(organisation, "areas", area.id, area.team_post)
    for unit in organisation.units.values():
        if unit.kind not in organisation.kinds:
            yield _fault("units", unit.id, "kind", "unit_kind_unknown", "没有这个单位类别")
        if unit.area_id is not None and unit.area_id not in organisation.areas:
            yield _fault("units", unit.id, "area_id", "area_unknown", "没有这个镇或片区")
        yield from _reference(organisation, "units", unit.id, "unit_post", unit.unit_post)
        yield from _team(organisation, "units", unit.id, unit.team_post)


def _team(organisation: Organisation, table: str, row: str, post_id: str | None) -> Iterator[Refused]:
    if post_id is None:
        return
    yield from _reference(organisation, table, row, "team_post", post_id)
    post = organisation.posts.get(post_id)
    if post is not None and post.role is not Role.INSPECTOR:
        yield _fault(table, row, "team_post", "post_is_no_team", "包联的岗位须是督导组")


def _reference(
    organisation: Organisation, table: str, row: str, field: str, post_id: str
) -> Iterator[Refused]:
    post = organisation.posts.get(post_id)
    if post is None:
        yield _fault(table, row, field, "post_unknown", "没有这个岗位")
    elif post.span.until is not None:
        yield _fault(table, row, field, "post_ends", "该岗位将撤销，须先改为别的岗位")


def _post(organisation: Organisation, post: Post) -> Iterator[Refused]:
    if post.unit_id not in organisation.units:
        yield _fault("posts", post.id, "unit_id", "unit_unknown", "没有这个单位")
    if post.area_id is not None and post.area_id not in organisation.areas:
        yield _fault("posts", post.id, "area_id", "area_unknown", "没有这个镇或片区")
    if post.span.empty:
        yield _fault("posts", post.id, "valid_to", "span_empty", "截止须晚于起始")
    if post.bound_to is not None:
        yield from _binding(organisation, post, post.bound_to)


def _binding(organisation: Organisation, post: Post, bound_to: str) -> Iterator[Refused]:
    target = organisation.posts.get(bound_to)
    if target is None:
        yield _fault("posts", post.id, "bound_to", "post_unknown", "兼任所依的岗位不存在")
    elif _goes_round(organisation.posts, post.id):
        yield _fault("posts", post.id, "bound_to", "binding_cycle", "兼任的岗位互相依附，绕成一圈")
    elif target.bound_to is not None:
        yield _fault(
            "posts", post.id, "bound_to", "binding_chain", "兼任须依附有在任者的岗位，不得再依附兼任岗位"
        )
    elif not post.span.within(target.span):
        yield _fault("posts", post.id, "bound_to", "binding_outlasts", "兼任的岗位超出所依岗位的存续期")


def _goes_round(posts: Mapping[str, Post], post_id: str) -> bool:
    seen, at = {post_id}, posts[post_id].bound_to
    while at is not None and at in posts and at not in seen:
        seen.add(at)
        at = posts[at].bound_to
    return at == post_id


def _tenure(organisation: Organisation, tenure: Tenure) -> Iterator[Refused]:
    post, row = organisation.posts.get(tenure.post_id), key(tenure)
    if tenure.person_id not in organisation.people:
        yield _fault("holders", row, "person_id", "person_unknown", "没有这个人员")
    if post is None:
        yield _fault("holders", row, "post_id", "post_unknown", "没有这个岗位")
        return
    if post.bound_to is not None and not _ended_before_binding(tenure, post):
        yield _fault("holders", row, "post_id", "bound_post_held", "该岗位由另一岗位兼任，不另设在任者")
    if tenure.span.empty:
        yield _fault("holders", row, "valid_to", "span_empty", "截止须晚于起始")
    elif not tenure.span.within(post.span):
        yield _fault("holders", row, "valid_from", "tenure_outside_post", "任期超出岗位的存续期")


def _ended_before_binding(tenure: Tenure, post: Post) -> bool:
    return post.bound_from is not None and tenure.span.over(post.bound_from)


def _seats(organisation: Organisation) -> Iterator[Refused]:
    by_post: dict[str, list[Tenure]] = {}
    for tenure in organisation.tenures:
        by_post.setdefault(tenure.post_id, []).append(tenure)
    for post_id, held in by_post.items():
        post = organisation.posts.get(post_id)
        yield from _full(held, post.seats if post is not None else len(held))


def _full(held: Sequence[Tenure], seats: int) -> Iterator[Refused]:
    """A post becomes too full where a tenure begins, so only those instants are looked at."""
    for place, tenure in enumerate(held):
        others = [
            one for number, one in enumerate(held) if number != place and one.span.overlaps(tenure.span)
        ]
        if any(one.person_id == tenure.person_id for one in others):
            yield _fault(
                "holders", key(tenure), "valid_from", "tenures_overlap", "同一人在同一岗位的任期重叠"
            )
        if sum(_is_held_when_begins(one, tenure) for one in others) >= seats:
            yield _fault(
                "holders", key(tenure), "valid_from", "post_overfilled", "任期重叠，在任人数超过岗位名额"
            )


def _is_held_when_begins(one: Tenure, tenure: Tenure) -> bool:
    start = tenure.span.since
    return one.span.since is None if start is None else one.span.covers(start)


def _substitution(organisation: Organisation, one: Substitution) -> Iterator[Refused]:
    row = key(one)
    if one.post_id not in organisation.posts:
        yield _fault("substitutions", row, "post_id", "post_unknown", "没有这个岗位")
    for field in ("absent_id", "substitute_id"):
        if getattr(one, field) not in organisation.people:
            yield _fault("substitutions", row, field, "person_unknown", "没有这个人员")
    if one.absent_id == one.substitute_id:
        yield _fault("substitutions", row, "substitute_id", "substitution_of_self", "不能由本人代理本人")
    if one.span.empty:
        yield _fault("substitutions", row, "last_day", "span_empty", "末日不得早于首日")


def _chains(organisation: Organisation) -> Iterator[Refused]:
    by_absent: dict[str, list[Substitution]] = {}
    for one in organisation.substitutions:
        by_absent.setdefault(one.absent_id, []).append(one)
    for one in organisation.substitutions:
        for other in by_absent.get(one.absent_id, ()):
            same = other is not one and other.post_id == one.post_id and other.span.overlaps(one.span)
            if same and key(other) <= key(one):
                yield _fault(
                    "substitutions", key(one), "first_day", "substituted_twice", "同一岗位同日已有人代理"
                )
        for other in by_absent.get(one.substitute_id, ()):
            if other.span.overlaps(one.span) and other is not one:
                code, why = (
                    ("substitution_cycle", "双方互相代理")
                    if other.substitute_id == one.absent_id
                    else ("substitution_chain", "代理人在此期间由他人代理，不得连环代理")
                )
                yield _fault("substitutions", key(one), "substitute_id", code, why)


def key(row: Tenure | Substitution) -> str:
    """A row of holders or substitutions as people name it: its ids and when it begins."""
    ids = [row.post_id]
    ids += [row.person_id] if isinstance(row, Tenure) else [row.absent_id, row.substitute_id]
    return "/".join([*ids, *([row.span.since.isoformat()] if row.span.since else [])])


def _identity(fault: Refused) -> tuple[str, ...]:
    return (fault.code, *(str(fault.details[name]) for name in ("table", "row", "field")))


def _fault(table: str, row: str, field: str, code: str, message: str) -> Refused:
    return Refused(Kind.CONFLICT, code, f"{table} 的 {row}：{message}", table=table, row=row, field=field)
