"""An organisation told day by day: who holds, covers and is bound to what on each of sixty days, kept as plain sets.

It is the oracle of the tests: it knows no spans, so it cannot be wrong in the same way as the organisation itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.organisation import Organisation, Post, Span, Substitution, Tenure, Unit, UnitKind
from domain.people import Role

DAYS: Final = 60
START: Final = datetime(2027, 3, 1, tzinfo=UTC)
PEOPLE: Final = ("a", "b", "c", "d")
PLAIN: Final = ("head", "team", "staff")
"""Posts that have holders of their own."""
BOUND: Final = "desk"
"""The post that is bound to others."""
POSTS: Final = (*PLAIN, BOUND)

Row = tuple[str, int | None, int | None]
"""A person, the first day and the day on which it is over, ``None`` where that is open."""


def at(day: float) -> datetime:
    """The instant of a day of the timeline."""
    return START + timedelta(days=day)


def founded() -> Organisation:
    """The posts with nobody in them."""
    posts = [
        Post(id="head", title="负责人", role=Role.UNIT_HEAD, unit_id="u1"),
        Post(id="team", title="督导组", role=Role.INSPECTOR, unit_id="bureau", seats=4),
        Post(id="staff", title="安全员", role=Role.UNIT_STAFF, unit_id="u2", seats=2),
        Post(id=BOUND, title="办公室主任", role=Role.OFFICE, unit_id="bureau", seats=4),
    ]
    units = [
        Unit(id="bureau", name="局", kind="bureau", district="区", unit_post=BOUND),
        Unit(id="u1", name="一院", kind="care", district="区", unit_post="head", team_post="team"),
        Unit(id="u2", name="二院", kind="care", district="区", unit_post="staff"),
    ]
    kinds = [
        UnitKind(code="bureau", label="机关", inspected=False),
        UnitKind(code="care", label="养老", inspected=True),
    ]
    return Organisation(
        kinds={one.code: one for one in kinds},
        units={one.id: one for one in units},
        posts={one.id: one for one in posts},
        people={one: one for one in PEOPLE},
    )


@dataclass
class Grid:
    """Who holds each post on each day, to whom a post is bound, and who stands in for whom."""

    held: dict[str, list[set[str]]] = field(
        default_factory=lambda: {post: [set() for _ in range(DAYS)] for post in POSTS}
    )
    bound: list[str | None] = field(default_factory=lambda: [None] * DAYS)
    covered: dict[tuple[str, str, str], set[int]] = field(default_factory=dict)

    def appoint(self, post: str, rows: Iterable[Row], today: int) -> None:
        """From the day on which the first of these comes, these hold the post and nobody else; until then nothing changes."""
        named = [(person, today if first is None else first, over) for person, first, over in rows]
        for day in range(min(first for _, first, _ in named), DAYS):
            self.held[post][day] = {
                person for person, first, over in named if first <= day and (over is None or day < over)
            }

    def bind(self, target: str | None, today: int) -> None:
        """From today on whoever holds ``target`` holds the bound post too, and nobody else."""
        if self.bound[today] != target:
            for day in range(today, DAYS):
                self.bound[day] = target
                self.held[BOUND][day] = set()

    def cover(self, post: str, rows: Iterable[tuple[str, str, int, int]], today: int) -> None:
        """From today on these stand in by the post: absent, substitute, first and last day."""
        for key, days in self.covered.items():
            if key[0] == post:
                days -= set(range(today, DAYS))
        for absent, substitute, first, last in rows:
            days = self.covered.setdefault((post, absent, substitute), set())
            days |= set(range(max(first, today), min(last, DAYS - 1) + 1))

    def holders(self, post: str, day: int) -> set[str]:
        """Who holds a post on a day."""
        target = self.bound[day] if post == BOUND else None
        return self.held[target or post][day]

    def acts(self, person: str, day: int) -> set[tuple[str, str | None]]:
        """By which posts a person may act on a day, and in whose name."""
        own: set[tuple[str, str | None]] = {
            (post, None) for post in POSTS if person in self.holders(post, day)
        }
        return own | {
            (post, absent)
            for (post, absent, substitute), days in self.covered.items()
            if substitute == person and day in days and absent in self.holders(post, day)
            if (post, None) not in own
        }


def tenures(post: str, rows: Iterable[Row]) -> tuple[Tenure, ...]:
    """The same rows as a proposal has them."""
    return tuple(
        Tenure(
            post_id=post,
            person_id=person,
            span=Span(since=None if first is None else at(first), until=None if over is None else at(over)),
        )
        for person, first, over in rows
    )


def standing_in(post: str, rows: Iterable[tuple[str, str, int, int]]) -> tuple[Substitution, ...]:
    """The same rows as a proposal has them."""
    return tuple(
        Substitution(
            post_id=post,
            absent_id=absent,
            substitute_id=other,
            span=Span(since=at(first), until=at(last + 1)),
        )
        for absent, other, first, last in rows
    )
