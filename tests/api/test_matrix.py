"""Who may do what, tried: every operation by everybody on own, foreign and no objects, at least 2,000 checks (M4, G16)."""

import asyncio
from typing import Final

import pytest

from domain.people import Actor
from tests.api import matrix
from tests.api.matrix import Operation, Target
from tests.harness import World

AT_LEAST: Final = 2000
_CHECKS: list[str] = []


@pytest.fixture(scope="module")
async def people(world: World) -> dict[str, Actor]:
    return await matrix.actors(world)


@pytest.fixture(scope="module")
async def targets(world: World) -> list[Target]:
    return await matrix.targets(world)


@pytest.mark.parametrize("person", matrix.PEOPLE)
async def test_everybody_reaches_what_the_table_says_and_nothing_else_shows(
    world: World, people: dict[str, Actor], targets: list[Target], person: str
) -> None:
    actor, different, lock = people[person], [], asyncio.Semaphore(8)

    async def one(operation: Operation, target: Target, address: str) -> None:
        async with lock:
            response = await matrix.ask(world, person, operation, address)
        _CHECKS.append(address)
        told = matrix.got(response)
        if not matrix.right(told, operation, actor, target):
            different.append((operation.name, target.unit_id, told, response.text[:200]))
        if leaked := matrix.leaks(response, actor, targets):
            different.append((operation.name, target.unit_id, "leaks", str(leaked)))

    tried = [
        (operation, target, address)
        for operation in matrix.operations()
        for target in targets
        if (operation.aims is not None or target.unit_id is None)
        and (address := operation.address(target)) is not None
    ]
    await asyncio.gather(*(one(*attempt) for attempt in tried))
    assert different == []


@pytest.mark.parametrize("person", matrix.PEOPLE)
async def test_lists_searches_and_counts_show_nothing_foreign(
    world: World, people: dict[str, Actor], targets: list[Target], person: str
) -> None:
    for address, query in matrix.searches(targets):
        response = await world.get(person, address, **query)
        _CHECKS.append(address)
        assert response.status_code == 200, (address, query, response.text)
        leaked = matrix.leaks(response, people[person], targets)
        asked = set(query.values())
        assert [mark for mark in leaked if mark not in asked or response.json()["items"]] == [], (
            address,
            query,
        )


@pytest.mark.parametrize("person", matrix.PEOPLE)
async def test_what_is_foreign_and_what_is_not_there_are_told_in_the_same_words(
    world: World, people: dict[str, Actor], targets: list[Target], person: str
) -> None:
    nothing = targets[0]
    for operation in matrix.operations():
        if operation.aims is None:
            continue
        for target in targets[1:]:
            if matrix.expected(operation, people[person], target) == "reached":
                continue
            answers = [
                await matrix.ask(world, person, operation, operation.address(one) or "")
                for one in (target, nothing)
            ]
            _CHECKS.append(operation.name)
            assert answers[0].status_code == answers[1].status_code, operation.name
            assert answers[0].json() == answers[1].json(), operation.name


def test_so_many_checks_were_made() -> None:
    assert len(_CHECKS) >= AT_LEAST, len(_CHECKS)
