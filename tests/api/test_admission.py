"""Room to be worked on, and how much one person may ask for: nobody holds up another, and nobody is forgotten."""

import asyncio
import contextlib

import pytest

from services.api.allowance import Allowance
from services.api.problems import ComeBack
from services.api.turns import Places


class Crowd:
    """Requests that hold a place until they are let go."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.inside: list[str] = []
        self._done = asyncio.Event()

    async def ask(self, person: str) -> str:
        try:
            async with self.places.taken(person):
                self.inside.append(person)
                await self._done.wait()
        except ComeBack as told:
            return told.code
        return "done"

    def begin(self, *people: str) -> list[asyncio.Task[str]]:
        return [asyncio.create_task(self.ask(person)) for person in people]

    def let_go(self) -> None:
        self._done.set()


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_one_person_has_half_of_the_places_and_half_of_the_queue() -> None:
    crowd = Crowd(Places(at_once=4, waiting=4, patience=5))
    mine = crowd.begin(*["flooder"] * 10)
    await _settle()
    assert crowd.inside == ["flooder"] * 2
    others = crowd.begin("a", "b")
    await _settle()
    assert crowd.inside == ["flooder", "flooder", "a", "b"]
    crowd.let_go()
    assert sorted(await asyncio.gather(*mine)) == ["done"] * 4 + ["too_many_at_once"] * 6
    assert await asyncio.gather(*others) == ["done", "done"]


async def test_those_who_wait_are_called_one_person_after_the_other() -> None:
    crowd = Crowd(Places(at_once=2, waiting=6, patience=5))
    asked = crowd.begin("a", "b", "c", "c", "c", "d", "e")
    await _settle()
    crowd.let_go()
    await asyncio.gather(*asked)
    assert crowd.inside == ["a", "b", "c", "d", "e", "c", "c"]


async def test_a_full_queue_and_an_end_of_patience_are_told_at_once_and_leave_nothing_behind() -> None:
    crowd = Crowd(Places(at_once=2, waiting=2, patience=0.01))
    inside = crowd.begin("a", "b")
    await _settle()
    assert await asyncio.gather(*crowd.begin("c", "d", "e")) == ["overloaded"] * 3
    broken_off = crowd.begin("f")[0]
    await _settle()
    broken_off.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await broken_off
    crowd.let_go()
    await asyncio.gather(*inside)
    again = Crowd(crowd.places)
    again.let_go()
    assert await asyncio.gather(*again.begin("g", "h", "g", "h")) == ["done"] * 4


def test_nobody_gets_more_than_the_burst_and_what_has_come_since() -> None:
    now = 0.0
    allowance = Allowance(rate=2, burst=3, clock=lambda: now)
    for _ in range(3):
        allowance.take("a")
    with pytest.raises(ComeBack) as told:
        allowance.take("a")
    assert (told.value.code, told.value.seconds) == ("too_many_requests", 1)
    allowance.take("b")
    now = 0.5
    allowance.take("a")
    with pytest.raises(ComeBack):
        allowance.take("a")
    now = 100.0
    for _ in range(3):
        allowance.take("a")
    with pytest.raises(ComeBack):
        allowance.take("a")
