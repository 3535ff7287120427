"""The board: every number opens the exact list behind it, says what it counts, and a rate of nothing is no rate."""

from typing import Any

import pytest

from tests.harness import Json, World
from tests.stories import loop

PATH = "/v1/hazards/counts"


async def _listed(world: World, person: str, href: str) -> int:
    found, more = 0, ""
    while True:
        answer = await world.http.get(f"{href}&limit=100{more}", headers=world.headers(person))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += len(page["items"])
        if page["next"] is None:
            return found
        more = f"&cursor={page['next']}"


async def _counts(world: World, person: str = "p-office", **params: Any) -> Json:
    answer = await world.get(person, PATH, **params)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


@pytest.mark.parametrize("person", ["p-office", "p-ec01-safety"])
async def test_every_number_opens_the_exact_list_behind_it(world: World, person: str) -> None:
    await loop.to(world, "closed")
    await world.report()
    told = await _counts(world, person)
    for breakdown in told["open"]:
        assert "隐患" in breakdown["definition"]
        for count in breakdown["counts"]:
            assert await _listed(world, person, count["href"]) == count["cases"], count
            assert await _listed(world, person, count["overdue_href"]) == count["overdue_cases"], count
    for rate in told["rates"]:
        assert "÷" in rate["definition"]
        for part in ("numerator", "denominator"):
            assert await _listed(world, person, rate[f"{part}_href"]) == rate[part], rate


async def test_a_report_and_a_closure_are_counted_at_once(world: World) -> None:
    before = await _counts(world)
    await loop.to(world, "closed")
    await world.report()
    after = await _counts(world)
    total = [told["open"][0]["counts"][0]["cases"] for told in (before, after)]
    assert total[1] - total[0] == 1
    rates = [told["rates"][0] for told in (before, after)]
    assert rates[1]["numerator"] - rates[0]["numerator"] == 1
    assert rates[1]["denominator"] - rates[0]["denominator"] == 2


async def test_a_rate_of_nothing_is_a_dash_and_not_a_number(world: World) -> None:
    told = await _counts(world, reported_from="1990-01-01", reported_to="1990-01-31")
    assert [rate["percent"] for rate in told["rates"]] == ["—", "—"]
    assert [rate["denominator"] for rate in told["rates"]] == [0, 0]


async def test_a_unit_counts_its_own_cases_only(world: World) -> None:
    await world.report(person="p-team2a", unit="ec03")
    told = await _counts(world, "p-ec01-safety")
    (units,) = [one for one in told["open"] if one["kind"] == "unit"]
    assert {count["code"] for count in units["counts"]} <= {"ec01"}
