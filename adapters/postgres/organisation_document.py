"""The organisation as a document: what may stand in one, the proposal that it makes, and one written from the tables.

Invariant: a document written from the organisation as it is, proposed again, changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from adapters.postgres.document import Columns, Document, check_rows
from domain.organisation import (
    Area,
    Organisation,
    Post,
    Proposal,
    Span,
    Substitution,
    Tenure,
    Unit,
    UnitKind,
)
from domain.people import Role

COLUMNS: Final[Columns] = {
    "unit_kinds": ("code", "label", "inspected"),
    "areas": ("id", "name"),
    "units": ("id", "name", "kind", "district", "unit_post"),
    "posts": ("id", "title", "role", "unit_id"),
    "people": ("id", "name"),
    "holders": ("post_id", "person_id"),
    "substitutions": ("post_id", "absent_id", "substitute_id", "first_day", "last_day"),
    "desks": ("name", "post_id"),
}
"""The tables of the organisation and the columns that none of their rows lacks."""

Midnight = Callable[[date], datetime]


def check(document: Any) -> None:
    """Check every row by itself. Raises ``BadDocument`` for the first that is wrong."""
    check_rows(document, COLUMNS)


def proposal(document: Document, takes: Mapping[str, str], midnight: Midnight) -> Proposal:
    """What a document of whole rows proposes; ``midnight`` is when a local day begins (aware)."""
    rows = {table: document.get(table, ()) for table in COLUMNS}
    return Proposal(
        kinds=tuple(UnitKind(**row) for row in rows["unit_kinds"]),
        areas=tuple(Area(**row) for row in rows["areas"]),
        units=tuple(Unit(**row) for row in rows["units"]),
        posts=tuple(Post(**_timed(row) | {"role": Role(row["role"])}) for row in rows["posts"]),
        people={row["id"]: row["name"] for row in rows["people"]},
        holders=tuple(Tenure(**_timed(row)) for row in rows["holders"]),
        substitutions=tuple(Substitution(**_days(row, midnight)) for row in rows["substitutions"]),
        desks={row["name"]: row["post_id"] for row in rows["desks"]},
        takes=takes,
    )


def written(
    organisation: Organisation, now: datetime, local: Callable[[datetime], datetime]
) -> dict[str, Any]:
    """The organisation from ``now`` (aware) on as a document; ``local`` gives the local time of an instant."""
    tenures = [one for one in organisation.tenures if not one.span.over(now)]
    standing = [one for one in organisation.substitutions if not one.span.over(now)]
    return {
        "unit_kinds": [dict(vars(one)) for one in organisation.kinds.values()],
        "areas": [_plain(vars(one)) for one in organisation.areas.values()],
        "units": [_plain(vars(one)) for one in organisation.units.values()],
        "posts": [_post(one, local) for one in organisation.posts.values() if not one.span.over(now)],
        "people": [{"id": one, "name": name} for one, name in organisation.people.items()],
        "holders": [
            {"post_id": one.post_id, "person_id": one.person_id} | _span(one.span, local) for one in tenures
        ],
        "substitutions": [_substitution(one, local) for one in standing],
        "desks": [{"name": name, "post_id": post} for name, post in organisation.desks.items()],
    }


def _timed(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(row)
    ends = [fields.pop(name, None) for name in ("valid_from", "valid_to")]
    since, until = (datetime.fromisoformat(end) if isinstance(end, str) else end for end in ends)
    return fields | {"span": Span(since=since, until=until)}


def _days(row: Mapping[str, Any], midnight: Midnight) -> dict[str, Any]:
    fields = dict(row)
    days = [fields.pop(name) for name in ("first_day", "last_day")]
    first, last = (date.fromisoformat(day) if isinstance(day, str) else day for day in days)
    return fields | {"span": Span(since=midnight(first), until=midnight(last + timedelta(days=1)))}


def _post(post: Post, local: Callable[[datetime], datetime]) -> dict[str, Any]:
    fields = {name: value for name, value in vars(post).items() if name not in ("span", "bound_from")}
    return _plain(fields | {"role": post.role.value}) | _span(post.span, local)


def _span(span: Span, local: Callable[[datetime], datetime]) -> dict[str, Any]:
    ends = {"valid_from": span.since, "valid_to": span.until}
    return {name: local(end).isoformat() for name, end in ends.items() if end is not None}


def _substitution(one: Substitution, local: Callable[[datetime], datetime]) -> dict[str, Any]:
    since, until = one.span.since, one.span.until
    fields = {name: value for name, value in vars(one).items() if name != "span"}
    if since is not None and until is not None:
        last = local(until) - timedelta(microseconds=1)
        fields |= {"first_day": local(since).date().isoformat(), "last_day": last.date().isoformat()}
    return fields


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
