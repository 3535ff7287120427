"""Two organisations side by side: which rows differ, and how (调整前后对照).

Invariant: applying the differences to the rows of the first gives the rows of the second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.organisation.shapes import Organisation

Key = tuple[Any, ...]
Rows = Mapping[str, Mapping[Key, Mapping[str, Any]]]

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "unit_kinds": ("code",),
    "areas": ("id",),
    "units": ("id",),
    "posts": ("id",),
    "people": ("id",),
    "holders": ("post_id", "person_id", "valid_from"),
    "substitutions": ("post_id", "absent_id", "substitute_id", "valid_from"),
    "desks": ("name",),
}
"""The tables in an order in which references hold, and what tells their rows apart."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One row that differs: ``before`` and ``after`` hold its fields, ``None`` where it is not there."""

    table: str
    key: Key
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def row(self) -> str:
        """The row as people name it: its ids."""
        return "/".join(str(part) for part in self.key if isinstance(part, str))

    @property
    def touches(self) -> tuple[str, str]:
        """What two editors may not both change: the row, and for holders and substitutions their post."""
        return (
            ("posts", self.key[0])
            if self.table in ("holders", "substitutions")
            else (self.table, self.key[0])
        )

    @property
    def changed(self) -> Sequence[str]:
        """The fields that differ, in order."""
        before, after = self.before or {}, self.after or {}
        return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def differences(before: Organisation, after: Organisation) -> tuple[Difference, ...]:
    """The rows that differ, table by table, in an order in which they can be written."""
    old, new = rows(before), rows(after)
    return tuple(
        Difference(table=table, key=key, before=old[table].get(key), after=new[table].get(key))
        for table in KEYS
        for key in {**old[table], **new[table]}
        if old[table].get(key) != new[table].get(key)
    )


def moved(before: Organisation, after: Organisation) -> tuple[str, ...]:
    """The units that another team covers, or none any more, in order."""
    return tuple(
        unit
        for unit in sorted(after.units)
        if unit in before.units and before.team_of(unit) != after.team_of(unit)
    )


def rows(organisation: Organisation) -> Rows:
    """Every row by table and key; instants are aware, an open end is ``None``."""
    plain: dict[str, list[dict[str, Any]]] = {
        "unit_kinds": [dict(vars(one)) for one in organisation.kinds.values()],
        "areas": [dict(vars(one)) for one in organisation.areas.values()],
        "units": [dict(vars(one)) for one in organisation.units.values()],
        "posts": [_timed(one) for one in organisation.posts.values()],
        "people": [{"id": one, "name": name} for one, name in organisation.people.items()],
        "holders": [_timed(one) for one in organisation.tenures],
        "substitutions": [_timed(one) for one in organisation.substitutions],
        "desks": [{"name": name, "post_id": post} for name, post in organisation.desks.items()],
    }
    return {
        table: {tuple(row[name] for name in KEYS[table]): row for row in found}
        for table, found in plain.items()
    }


def _timed(row: Any) -> dict[str, Any]:
    fields = dict(vars(row))
    span = fields.pop("span")
    return fields | {"valid_from": span.since, "valid_to": span.until}
