"""Lists mean what they meant before they had indexes: every statement against the meaning of the filters in plain Python.

The cases are written into a transaction that is rolled back, beside whatever other tests have on record.
"""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from adapters.postgres import codecs, hazard_lists
from adapters.postgres.database import Connection, Database
from adapters.postgres.hazard_lists import Filters
from adapters.postgres.read_model import PostgresReadModel
from deploy.devstack import Devstack
from domain.hazard import Case, Stage
from domain.ladder import Colour
from tests.harness import World
from tests.stories import behind

NOW = datetime(2027, 3, 1, tzinfo=UTC)
UNITS, POSTS = ("ec01", "ec02", "ec03"), ("team-1", "office", "ec01-safety", "leader")
LETTERS = "火灾器通道堵塞Aaβ%_\\' é🔥👩‍🚒𠮷"

_INSERT = """
INSERT INTO hazards (id, seq, head, stage, is_open, level, unit_id, place, place_key, category, description, waiting_post,
    due_at, overdue, reported_at, snapshot, colour, extension_pending, told_posts)
VALUES ($1, 1, '', $2, $3, $4, $5, $6, $1, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""
Row = dict[str, Any]


class Borrowed(Database):
    """Every use gets the one connection."""

    def __init__(self, connection: Connection) -> None:
        self._one = connection

    @asynccontextmanager
    async def connection(self, patience: float | None = None) -> AsyncIterator[Connection]:  # noqa: ARG002
        yield self._one


@pytest.fixture(scope="module")
async def connection(stack: Devstack, world: World) -> AsyncIterator[Connection]:
    pattern = await behind.put_on_record(world)
    one = await asyncpg.connect(stack.database_url)
    transaction = one.transaction()
    await transaction.start()
    chance = random.Random(4)  # noqa: S311
    await one.executemany(_INSERT, [_row(pattern, number, chance) for number in range(400)])
    yield one
    await transaction.rollback()
    await one.close()


def _row(pattern: Case, number: int, chance: random.Random) -> tuple[Any, ...]:
    stage = chance.choice(list(Stage))
    due = chance.choice([None, NOW + timedelta(hours=chance.randint(-50, 50))]) if stage.is_open else None
    text = "".join(chance.choices(LETTERS, k=chance.randint(1, 12)))
    case = replace(
        pattern,
        id=f"YH-2027-{900000 + number}",
        stage=stage,
        level=chance.choice(["general", "major"]),
        unit_id=chance.choice(UNITS),
        place=chance.choice(["一号楼", "Boiler ROOM", "🔥间"]),
        category=chance.choice(["fire", "food"]),
        description=text,
        due_at=due,
        overdue=chance.random() < 0.3,
        overdue_count=chance.choice([0, 0, 1, 12]),
        reported_at=NOW - timedelta(hours=chance.randint(0, 60)),  # some at the same instant
    )
    told = sorted(set(chance.choices(POSTS, k=2))) if stage.is_open and chance.random() < 0.4 else []
    waiting = chance.choice([None, *POSTS]) if stage.is_open else None
    facts = (case.id, stage.value, stage.is_open, case.level, case.unit_id, case.place, case.category, text)
    time = (waiting, due, case.overdue, case.reported_at, codecs.dump(case))
    return (*facts, *time, chance.choice([None, *Colour]), chance.random() < 0.2, told)


async def _table(connection: Connection) -> list[Row]:
    rows = [dict(row) for row in await connection.fetch("SELECT * FROM hazards")]
    return [row | {"count": codecs.case(row["snapshot"]).overdue_count} for row in rows]


def _small(text: str) -> str:
    return "".join(character.lower() for character in text)


def _meant(row: Row, visible: list[str] | None, asked: Filters) -> bool:
    """What the one statement of before said, filter by filter."""
    due = row["due_at"]
    # a paused case has no due instant: it is late only if it was flagged before
    late = row["overdue"] or (row["is_open"] and due is not None and due <= NOW)
    tests: list[tuple[object, Callable[[Any], bool]]] = [
        (visible, lambda units: row["unit_id"] in units),
        (asked.stages, lambda stages: row["stage"] in stages),
        (asked.level, lambda level: row["level"] == level),
        (asked.unit_id, lambda unit: row["unit_id"] == unit),
        (asked.category, lambda category: row["category"] == category),
        (asked.overdue, lambda overdue: late == overdue),
        (asked.once_overdue, lambda once: (row["count"] > 0) == once),
        (asked.post, lambda post: row["waiting_post"] == post),
        (asked.reported_from, lambda first: row["reported_at"] >= first),
        (asked.reported_before, lambda end: row["reported_at"] < end),
        (asked.colour, lambda colour: row["colour"] == colour),
        (asked.extension_pending, lambda pending: row["extension_pending"] == pending),
        (asked.text, lambda text: _small(text) in _small(f"{row['id']} {row['place']} {row['description']}")),
    ]
    return all(holds(wanted) for wanted, holds in tests if wanted is not None)


def _listable(after: str, table: list[Row], visible: list[str] | None, asked: Filters) -> bool:
    units = {row["unit_id"] for row in table if row["id"] == after}
    return units <= (units if visible is None else set(visible)) & {asked.unit_id or next(iter(units), "")}


def _filters(chance: random.Random) -> Filters:
    def some(*values: Any) -> Any:
        return chance.choice(values) if chance.random() < 0.25 else None

    start = chance.randint(1, 10)
    texts = ["".join(chance.choices(LETTERS, k=size)) for size in (1, 1, 2, 3)]
    return Filters(
        stages=some(tuple(chance.sample(list(Stage), 3)), ("reported",), ("closed", "closed"), ()),
        level=some("major", "general", "none"),
        unit_id=some(*UNITS, "none"),
        category=some("fire", "none"),
        overdue=some(True, False),
        once_overdue=some(True, False),
        post=some(*POSTS),
        text=some(*texts, "YH-2027-9000", "boiler room", "一号", "900123 ", "没有"[:start]),
        reported_from=some(NOW - timedelta(hours=40)),
        reported_before=some(NOW - timedelta(hours=10), NOW),
        colour=some("red", "blue"),
        extension_pending=some(True, False),
    )


@pytest.mark.parametrize("looked_at", [1, 7, 60, 4000])
async def test_a_page_is_what_its_filters_mean(
    connection: Connection, looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hazard_lists, "LOOKED_AT", looked_at)
    if looked_at % 2:  # two units are many, or more than many
        monkeypatch.setattr(hazard_lists, "FEW", 1)
        monkeypatch.setattr(hazard_lists, "MANY", looked_at // 7 + 1)
    model, chance = PostgresReadModel(Borrowed(connection)), random.Random(looked_at)  # noqa: S311
    table = sorted(await _table(connection), key=lambda row: (row["reported_at"], row["id"]), reverse=True)
    for _ in range(300):
        asked, limit = _filters(chance), chance.choice([1, 5, 21, 1000])
        visible = chance.choice([None, None, ["ec01"], ["ec01", "ec03"], []])
        after = chance.choice([None, table[chance.randrange(len(table))]["id"], "YH-1999-000001"])
        place = {None: 0, "YH-1999-000001": len(table)}.get(after)
        if place is None:
            place = 1 + next(number for number, row in enumerate(table) if row["id"] == after)
        meant = [row["id"] for row in table[place:] if _meant(row, visible, asked)][:limit]
        if after and not _listable(after, table, visible, asked):
            meant = []  # where a case stands that may not be on the list is not told either
        found = await model.page(visible, asked, NOW, after, limit)
        assert [case.id for case in found] == meant, (asked, visible, after, limit)


async def test_a_case_of_a_list_is_the_case(connection: Connection) -> None:
    model = PostgresReadModel(Borrowed(connection))
    found = await model.page(None, Filters(), NOW, None, 50)
    assert found == [await model.case(case.id, None) for case in found]


async def test_work_is_what_waits_on_a_post_or_was_escalated_to_it(connection: Connection) -> None:
    model, chance = PostgresReadModel(Borrowed(connection)), random.Random(9)  # noqa: S311
    far = datetime.max.replace(tzinfo=UTC)
    table = sorted(await _table(connection), key=lambda row: (row["due_at"] or far, row["id"]))
    for _ in range(200):
        posts, limit = chance.choices([*POSTS, "none"], k=chance.randint(0, 3)), chance.choice([1, 5, 500])
        place = chance.choice([0, chance.randrange(len(table))])
        after = table[place - 1]["id"] if place else None
        mine = [
            row["id"]
            for row in table[place:]
            if row["is_open"] and (row["waiting_post"] in posts or set(row["told_posts"]) & set(posts))
        ]
        assert [case.id for case in await model.work(posts, None, after, limit)] == mine[:limit]
