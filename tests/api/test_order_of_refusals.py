"""What is refused first: who may act at all, before what the body names; and whose hazards are taken at all."""

from tests.harness import World


async def test_a_missing_role_is_told_before_anything_the_body_names(world: World) -> None:
    number = (await world.report())["id"]
    into = "YH-2000-000001"
    refused = await world.act("p-leader", number, "merge", into=into, reason="重复")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
    refused = await world.act("p-office", number, "merge", into=into, reason="重复")
    assert (refused.status_code, refused.json()["code"]) == (409, "merge_target_unknown")


async def test_a_hazard_of_the_bureau_itself_is_not_taken_because_nobody_could_verify_it(
    world: World,
) -> None:
    body = {"unit_id": "bureau", "place": "档案室", "category": "fire", "description": "灭火器过期"}
    refused = await world.post("p-office", "/v1/hazards", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "unit_not_inspected")
    assert refused.json()["field"] == "unit_id"


async def test_allowed_actions_name_the_fields_of_the_body(world: World) -> None:
    number = (await world.report())["id"]
    allowed = {one["action"]: one for one in (await world.see(number))["allowed_actions"]}
    assert allowed["regrade"]["needs"] == ["level", "reason"]
