"""Who may edit the calendar, what an edit must say, and that a repeat or a trial changes nothing."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters.postgres.calendar import PostgresCalendar
from domain.workdays import OpeningHours
from tests.api.live import Live
from tests.harness import Json, World
from tests.stack import eventually
from tests.stories import calendars
from tests.stories.calendars import day_off
from tests.stories.loop import BY_ROLE, DEPUTY, OFFICE, STAFF

WEDNESDAY = date(2027, 7, 14)
SATURDAY = date(2027, 7, 17)
PATH = f"/v1/calendar/{{}}/{WEDNESDAY}"
YEAR: Json = {
    "source_doc": "测区发〔2027〕3号",
    "days": [{"date": "2027-07-14", "kind": "holiday", "name": "某节"}],
}


@pytest.fixture(autouse=True)
def _clock_set_back(world: World) -> None:
    world.clock.ahead, world.following = timedelta(), False


@pytest.fixture
async def region(world: World) -> str:
    """A region of its own with the plans of 2026 and 2027, in which no case runs."""
    return await calendars.region(world, years=[2026, 2027])


async def _days(world: World, region: str, **params: Any) -> list[Json]:
    answer = await world.get(STAFF, "/v1/calendar", region=region, **params)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["days"]
    return found


@pytest.mark.parametrize("role", sorted(BY_ROLE))
@pytest.mark.parametrize("trial", [True, False])
async def test_the_office_and_the_leaders_edit_the_calendar_and_nobody_else(
    world: World, region: str, role: str, trial: bool
) -> None:
    before = await _days(world, region)
    query = "?dry_run=true" if trial else ""
    for path, body in ((WEDNESDAY, day_off(WEDNESDAY)), ("years/2027", YEAR)):
        answer = await world.put(BY_ROLE[role], f"/v1/calendar/{region}/{path}{query}", body)
        if role in ("office", "leader"):
            assert answer.status_code == 200, answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
            assert answer.json()["roles"] == ["office", "leader"]
            assert await _days(world, region) == before


async def test_who_may_not_edit_is_not_told_whether_there_is_such_a_region(world: World) -> None:
    answer = await world.put(STAFF, PATH.format("CN-NOWHERE"), day_off(WEDNESDAY))
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


async def test_a_trial_writes_neither_the_day_nor_an_order_nor_its_key(world: World, region: str) -> None:
    before = await _days(world, region)
    tried = await world.put(OFFICE, f"{PATH.format(region)}?dry_run=true", day_off(WEDNESDAY), "one-key")
    assert (tried.status_code, tried.json()["dry_run"], tried.json()["restamp"]) == (200, True, None)
    assert await _days(world, region) == before
    done = await world.put(OFFICE, PATH.format(region), day_off(WEDNESDAY), "one-key")
    assert (done.status_code, done.json()["dry_run"]) == (200, False)
    assert "idempotency-replayed" not in done.headers
    assert (done.json()["version"], done.json()["moved"]) == (tried.json()["version"], [])


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        (str(WEDNESDAY), day_off(WEDNESDAY), day_off(WEDNESDAY, name="另一节")),
        ("years/2027", YEAR, YEAR | {"source_doc": "测区发〔2027〕4号"}),
    ],
)
async def test_a_repeat_under_its_key_is_answered_as_before_and_made_once(
    world: World, region: str, path: str, body: Json, other: Json
) -> None:
    key, address = uuid.uuid4().hex, f"/v1/calendar/{region}/{path}"
    first = await world.put(OFFICE, address, body, key)
    again = await world.put(OFFICE, address, body, key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    for reused in (
        await world.put(OFFICE, address, other, key),
        await world.put(OFFICE, f"/v1/calendar/CN-TEST/{path}", body, key),
    ):
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    history = await PostgresCalendar(world.database).history(region, WEDNESDAY)
    assert [entry["by_person"] for entry in history] == [OFFICE]


@pytest.mark.parametrize(
    ("day", "body", "code", "field"),
    [
        (WEDNESDAY, day_off(WEDNESDAY, version=1), "calendar_version_stale", "expected_version"),
        (WEDNESDAY, day_off(WEDNESDAY, source_doc="放假通知"), "calendar_document_missing", "source_doc"),
        (
            WEDNESDAY,
            day_off(WEDNESDAY, source_doc="测区发〔2028〕1号"),
            "calendar_day_contradicts_source",
            "source_doc",
        ),
        (WEDNESDAY, day_off(WEDNESDAY, kind="make_up"), "calendar_day_contradicts_source", "kind"),
        (SATURDAY, day_off(SATURDAY, kind="in_lieu"), "calendar_day_contradicts_source", "kind"),
        (WEDNESDAY, day_off(WEDNESDAY, kind="ordinary"), "calendar_day_repeats", "date"),
    ],
)
@pytest.mark.parametrize("trial", [True, False])
async def test_an_edit_that_cannot_be_right_is_refused_by_field(
    world: World, region: str, day: date, body: Json, code: str, field: str, trial: bool
) -> None:
    before = await _days(world, region)
    query = "?dry_run=true" if trial else ""
    answer = await world.put(OFFICE, f"/v1/calendar/{region}/{day}{query}", body)
    assert answer.status_code == 409, answer.text
    assert (answer.json()["code"], answer.json()["field"]) == (code, field)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await _days(world, region) == before


async def test_the_same_document_cannot_say_two_things_of_a_day(world: World, region: str) -> None:
    await calendars.put(world, region, WEDNESDAY, day_off(WEDNESDAY))
    body = day_off(WEDNESDAY, kind="ordinary", version=1)
    answer = await world.put(OFFICE, PATH.format(region), body)
    assert (answer.status_code, answer.json()["code"]) == (409, "calendar_day_contradicts_source")
    body |= {"source_doc": "测区发〔2027〕8号"}
    assert (await world.put(DEPUTY, PATH.format(region), body)).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("2027-02-30", day_off(WEDNESDAY)),
        ("2027-7-14", day_off(WEDNESDAY)),
        ("years/1949", YEAR),
        ("years/027", YEAR),
        (str(WEDNESDAY), day_off(WEDNESDAY, kind="weekend")),
        (str(WEDNESDAY), day_off(WEDNESDAY, expected_version=-1)),
        (str(WEDNESDAY), day_off(WEDNESDAY) | {"month": 7}),
        ("years/2027", YEAR | {"days": []}),
        ("years/2027", YEAR | {"days": [YEAR["days"][0] | {"date": "2027-02-30"}]}),
        ("years/2027", YEAR | {"days": [YEAR["days"][0] | {"date": 1798761600}]}),
    ],
)
async def test_what_is_no_day_year_or_kind_is_no_request(
    world: World, region: str, path: str, body: Json
) -> None:
    answer = await world.put(OFFICE, f"/v1/calendar/{region}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_a_day_that_stands_twice_in_a_plan_is_refused(world: World, region: str) -> None:
    twice = YEAR | {"days": [*YEAR["days"], YEAR["days"][0] | {"name": "另一节"}]}
    answer = await world.put(OFFICE, f"/v1/calendar/{region}/years/2027", twice)
    assert (answer.status_code, answer.json()["code"]) == (409, "calendar_plan_invalid")
    assert answer.json()["field"] == "days"
    assert len(await _days(world, region)) == 2


@pytest.mark.parametrize(
    "body",
    [
        YEAR | {"source_doc": "测区发〔2025〕3号"},
        YEAR | {"days": [YEAR["days"][0] | {"date": "2028-01-01"}]},
        YEAR | {"days": [YEAR["days"][0] | {"kind": "in_lieu"}]},
        YEAR
        | {
            "source_doc": calendars.document(WEDNESDAY, 1),
            "days": [{**YEAR["days"][0], "date": str(calendars.first_sunday(2027)), "name": "周日"}],
        },
    ],
)
async def test_a_plan_that_cannot_be_right_or_repeats_itself_is_refused(
    world: World, region: str, body: Json
) -> None:
    answer = await world.put(OFFICE, f"/v1/calendar/{region}/years/2027", body)
    assert answer.status_code == 409, answer.text
    assert answer.json()["field"] in ("source_doc", "days", "year")


async def test_a_region_that_is_not_there_is_not_found(world: World) -> None:
    answers = [
        await world.get(OFFICE, "/v1/calendar", region="CN-NOWHERE"),
        await world.put(OFFICE, PATH.format("CN-NOWHERE"), day_off(WEDNESDAY)),
        await world.put(OFFICE, f"{PATH.format('CN-NOWHERE')}?dry_run=true", day_off(WEDNESDAY)),
        await world.put(OFFICE, "/v1/calendar/CN-NOWHERE/years/2027", YEAR),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (404, "calendar_region_unknown")


async def test_days_are_shown_from_one_day_to_another(world: World, region: str) -> None:
    await calendars.put(world, region, WEDNESDAY, day_off(WEDNESDAY))
    (shown,) = await _days(world, region, **{"from": "2027-07-14", "to": "2027-07-14"})
    assert shown == {
        "date": "2027-07-14",
        "kind": "holiday",
        "kind_label": "放假",
        "name": "某节",
        "source_doc": calendars.document(WEDNESDAY),
        "version": 1,
    }
    assert await _days(world, region, **{"from": "2027-07-15"}) == []
    assert [one["date"][:4] for one in await _days(world, region, to="2027-07-13")] == ["2026", "2027"]
    assert len(await _days(world, region)) == 3


async def test_a_calendar_that_ends_in_under_sixty_days_says_so(world: World) -> None:
    ending = await calendars.region(world, years=[world.clock().year + 1])
    world.clock.ahead = datetime(world.clock().year + 1, 11, 15, tzinfo=UTC) - world.clock()
    shown = (await world.get(STAFF, "/v1/calendar", region=ending)).json()
    (warning,) = shown["warnings"]
    assert f"只到{world.clock().year}-12-31" in warning
    assert shown["official_years"] == [world.clock().year]
    assert (await world.get(STAFF, "/v1/calendar", region="CN-TEST")).json()["warnings"] == []
    name = f"CN-{uuid.uuid4().hex[:8]}"
    await PostgresCalendar(world.database).add_region(name, name="其上", base=ending, hours=OpeningHours())
    assert (await world.get(STAFF, "/v1/calendar", region=name)).json()["warnings"] == [warning]


async def test_an_edit_while_the_engine_is_away_is_on_record_and_carried_out_when_it_is_back(
    prompt: Live,
) -> None:
    report = (await prompt.report()).json()
    last_day = date.fromisoformat(report["clock"]["last_day"])
    with prompt.frozen("temporal"):
        headers = prompt.headers("p-office")
        answer = await prompt.http.put(f"/v1/calendar/CN/{last_day}", json=day_off(last_day), headers=headers)
        assert answer.status_code == 200, answer.text
        assert report["id"] in [one["hazard_id"] for one in answer.json()["moved"]]
        (shown,) = (await prompt.get(STAFF, f"/v1/calendar?from={last_day}&to={last_day}")).json()["days"]
        assert shown["name"] == "某节"
        assert await prompt.timeline(report["id"]) == ["report"]

    async def restamped() -> bool:
        return "restamp" in await prompt.timeline(report["id"])

    assert await eventually(restamped)
    moved = (await prompt.get("p-office", f"/v1/hazards/{report['id']}")).json()
    assert moved["clock"]["last_day"] > str(last_day)
