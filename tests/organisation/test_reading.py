"""The SQL that says who holds what gives what the domain gives, over random organisations on the real PostgreSQL."""

import asyncio
from dataclasses import fields, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.postgres import held, organisation_rows
from adapters.postgres.database import Connection, Database
from domain import organisation
from domain.organisation import Organisation
from domain.people import Holding, Role
from tests.harness import World
from tests.organisation import grid
from tests.organisation.grid import PEOPLE
from tests.organisation.test_timelines import Timeline, timelines

_HELD = f"""
WITH held AS ({held.AT})
SELECT held.*, CASE role WHEN 'inspector' THEN
    ARRAY (SELECT unit_id FROM unit_teams WHERE team_post = held.post_id ORDER BY unit_id) END AS covers
FROM held WHERE person_id = $2 ORDER BY on_behalf_of NULLS FIRST, post_id
"""  # noqa: S608 - the reading above
"""Everything by which a person may act at an instant."""

_MARK = "zz-"


class _UndoneError(Exception):
    """Takes back what a test wrote."""


async def test_the_database_reads_what_the_domain_reads(world: World) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(timelines(), st.lists(st.floats(0, grid.DAYS), min_size=1, max_size=4))
    def compared(timeline: Timeline, days: list[float]) -> None:
        work = _compared(world.database, timeline.found, days)
        asyncio.run_coroutine_threadsafe(work, loop).result(60)

    await asyncio.to_thread(compared)


async def _compared(database: Database, found: Organisation, days: list[float]) -> None:
    marked = _marked(found)
    try:
        async with database.transaction() as connection:
            await organisation_rows.write(connection, organisation.differences(Organisation(), marked))
            for day in days:
                for person in PEOPLE:
                    read = await _read(connection, _MARK + person, day)
                    assert read == marked.holdings(_MARK + person, grid.at(day)), (person, day)
            raise _UndoneError
    except _UndoneError:
        return


async def _read(connection: Connection, person: str, day: float) -> tuple[Holding, ...]:
    rows = await connection.fetch(_HELD, grid.at(day), person)
    return tuple(
        Holding(
            post_id=row["post_id"],
            role=Role(row["role"]),
            unit_id=row["unit_id"],
            on_behalf_of=row["on_behalf_of"],
            substitute=row["on_behalf_of"] is not None,
            barred_units=tuple(row["barred_units"]),
            covers=None if row["covers"] is None else tuple(row["covers"]),
        )
        for row in rows
    )


def _marked(found: Organisation) -> Organisation:
    """The same under ids that nothing else in the database has."""

    def row(one: Any) -> Any:
        ids = [field.name for field in fields(one) if field.name in _IDS]
        return replace(one, **{name: _MARK + value for name in ids if (value := getattr(one, name))})

    return Organisation(
        kinds={_MARK + code: row(one) for code, one in found.kinds.items()},
        units={_MARK + one: row(unit) for one, unit in found.units.items()},
        posts={_MARK + one: row(post) for one, post in found.posts.items()},
        people={_MARK + one: name for one, name in found.people.items()},
        tenures=tuple(row(one) for one in found.tenures),
        substitutions=tuple(row(one) for one in found.substitutions),
    )


_IDS = frozenset(
    {
        "id",
        "code",
        "kind",
        "unit_id",
        "unit_post",
        "team_post",
        "post_id",
        "bound_to",
        "person_id",
        "absent_id",
        "substitute_id",
    }
)


def test_the_reading_at_another_instant_is_the_same_reading() -> None:
    assert held.at("now_of_row") == held.AT.replace("$1", "now_of_row")
    assert "$1" not in held.at("x")
