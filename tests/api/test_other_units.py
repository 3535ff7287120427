"""A unit sees its own cases and files; those of another unit do not exist for it, by any way."""

import pytest

from tests.api.live import Json, Live

HERE, THERE = "p-ec01-safety", "p-ec03-safety"


@pytest.fixture(scope="module")
async def case(live: Live) -> Json:
    """A case of the unit ec03, with a photo that only the inspectors uploaded."""
    evidence = [{"file_id": await live.upload("p-team2a", "purple"), "kind": "before_photo"}]
    answer = await live.report("p-team2a", unit_id="ec03", evidence=evidence)
    assert answer.status_code == 201, answer.text
    reported: Json = answer.json()
    return reported


async def test_the_unit_itself_sees_its_case_and_its_photo(live: Live, case: Json) -> None:
    photo = case["evidence"][0]["file_id"]
    for path in (f"/v1/hazards/{case['id']}", f"/v1/hazards/{case['id']}/timeline", f"/v1/files/{photo}"):
        assert (await live.get(THERE, path)).status_code == 200, path


async def test_to_another_unit_the_case_and_its_photo_are_unknown(live: Live, case: Json) -> None:
    photo = case["evidence"][0]["file_id"]
    for path in (f"/v1/hazards/{case['id']}", f"/v1/hazards/{case['id']}/timeline", f"/v1/files/{photo}"):
        answer = await live.get(HERE, path)
        assert answer.status_code == 404, path
        assert "ec03" not in answer.text


async def test_what_is_hidden_and_what_is_not_there_look_the_same(live: Live, case: Json) -> None:
    hidden = await live.get(HERE, f"/v1/hazards/{case['id']}")
    nothing = await live.get(HERE, "/v1/hazards/YH-2026-999999")
    assert hidden.json() == nothing.json()


@pytest.mark.parametrize("filters", ["", "?unit=ec03", "?text=安全出口", "?stage=reported&limit=100"])
async def test_no_list_of_another_unit_has_the_case(live: Live, case: Json, filters: str) -> None:
    answer = await live.get(HERE, f"/v1/hazards{filters}")
    assert answer.status_code == 200
    assert case["id"] not in answer.text
    assert all(item["unit_id"] == "ec01" for item in answer.json()["items"])


async def test_no_act_of_another_unit_reaches_the_case(live: Live, case: Json) -> None:
    path = f"/v1/hazards/{case['id']}/actions"
    for action, body in (("note", {"note": "路过"}), ("start", {}), ("submit", {"note": "已整改"})):
        answer = await live.post(HERE, f"{path}/{action}", body)
        assert answer.status_code == 404, action
    assert await live.timeline(case["id"]) == ["report"]


async def test_a_report_on_another_unit_and_a_photo_of_another_unit_are_refused_by_field(
    live: Live, case: Json
) -> None:
    elsewhere = await live.report(HERE, unit_id="ec03")
    assert (elsewhere.status_code, elsewhere.json()["field"]) == (409, "unit_id")
    stolen = [{"file_id": case["evidence"][0]["file_id"], "kind": "before_photo"}]
    citing = await live.report(HERE, evidence=stolen)
    assert (citing.status_code, citing.json()["field"]) == (409, "evidence.file_id")


async def test_the_directory_of_another_unit_is_not_shown(live: Live) -> None:
    units = (await live.get(HERE, "/v1/units?limit=100")).json()["items"]
    assert [unit["id"] for unit in units] == ["ec01"]
    posts = (await live.get(HERE, "/v1/posts?limit=100")).json()["items"]
    assert {post["unit_id"] for post in posts if post["role"] in ("unit_staff", "unit_head")} == {"ec01"}
