"""A unit proved wrong gets a numbered correction, a late arrival a dated supplement, and the old text stays (bar P2)."""

from datetime import datetime, timedelta

from adapters.postgres.audit_chains import PostgresChains
from domain import audit
from domain.collection import Frozen
from tests.documents import papers
from tests.harness import Json, World
from tests.stories import bulletins as story


async def _correct(world: World, number: str, frozen: Frozen, **more: object) -> tuple[int, Json]:
    unit = {
        "unit_id": "ec03",
        "outcome": "on_time",
        "received_at": story.later(frozen.window.due_at, minutes=-8),
        "reason": "经核实，工作群中已于期限内报送",
    } | more
    proof = await world.cite(story.OFFICE, "other")
    return await story.try_(world, story.OFFICE, number, "correct", units=[unit], evidence=proof)


async def _through(world: World, number: str) -> Json:
    await story.signed(world, number)
    return await story.do(world, story.OFFICE, number, "issue")


async def test_a_unit_proved_on_time_gets_a_correction_with_a_number_of_its_own(world: World) -> None:
    frozen = await story.listed(world)
    original = await story.issued(world, frozen)
    before = await story.download(world, original["id"], "pdf")
    status, draft = await _correct(world, original["id"], frozen)
    assert (status, draft["kind"], draft["state"], draft["about"]) == (
        200,
        "correction",
        "draft",
        original["id"],
    )
    assert (await story.see(world, original["id"]))["state"] == "issued", "nothing is corrected by a draft"
    issued = await _through(world, draft["id"])
    assert issued["number"] != original["number"]
    assert issued["counts"]["on_time"] == original["counts"]["on_time"] + 1
    assert issued["counts"]["missing"] == 0
    text = papers.words(papers.texts(await story.download(world, issued["id"], "pdf")))
    assert papers.words([f"（{original['number']}）部分内容有误"]) in text
    assert "夕阳红养老服务中心（示例）：原列为“未报”" in text
    assert "现列为“按时报送”" in text
    after = await story.see(world, original["id"], "p-ec03-head")
    assert (after["state"], after["amended_by"]) == ("corrected", [issued["number"]])
    assert after["rulings"][0]["becomes"] == "on_time"
    assert after["counts"] == original["counts"], "what was said stays said"
    assert await story.download(world, original["id"], "pdf", "p-ec03-head") == before


async def test_a_late_arrival_gets_a_dated_supplement(world: World) -> None:
    frozen = await story.listed(world)
    original = await story.issued(world, frozen)
    came = frozen.window.cut_off_at + timedelta(minutes=30)
    units = [{"unit_id": "ec03", "received_at": came.isoformat(), "reason": "已补报值班表"}]
    draft = await story.do(world, story.OFFICE, original["id"], "supplement", units=units)
    ruling = draft["rulings"][0]
    assert (ruling["was"], ruling["becomes"], ruling["late_minutes"]) == ("missing", "late", 390)
    issued = await _through(world, draft["id"])
    text = papers.words(papers.texts(await story.download(world, issued["id"], "pdf")))
    assert "迟报6小时30分钟" in text
    assert "补报单位名单" in text
    assert (await story.see(world, original["id"]))["state"] == "supplemented"


async def test_a_correction_after_a_supplement_starts_from_what_stands_now(world: World) -> None:
    frozen = await story.listed(world)
    original = await story.issued(world, frozen)
    came = frozen.window.cut_off_at + timedelta(minutes=30)
    units = [{"unit_id": "ec03", "received_at": came.isoformat(), "reason": "已补报"}]
    await _through(
        world, (await story.do(world, story.OFFICE, original["id"], "supplement", units=units))["id"]
    )
    _, draft = await _correct(world, original["id"], frozen)
    assert draft["rulings"][0]["was"] == "late"
    await _through(world, draft["id"])
    assert (await story.see(world, original["id"]))["state"] == "corrected"


async def test_two_corrections_of_one_unit_at_once_do_not_contradict_each_other(world: World) -> None:
    frozen = await story.listed(world)
    original = await story.issued(world, frozen)
    _, first = await _correct(world, original["id"], frozen)
    late = story.later(frozen.window.due_at, minutes=20)
    _, second = await _correct(world, original["id"], frozen, outcome="late", received_at=late)
    await _through(world, first["id"])
    await story.signed(world, second["id"])
    status, told = await story.try_(world, story.OFFICE, second["id"], "issue")
    assert (status, told["code"]) == (409, "ruling_stale")
    assert (await story.see(world, second["id"]))["number"] is None
    third = await story.issued(world, await story.listed(world))
    gap = int(third["number"].partition("〕")[2].removesuffix("号"))
    issued = (await story.see(world, first["id"]))["number"]
    assert gap == int(issued.partition("〕")[2].removesuffix("号")) + 1, "a refused issue takes no number"


async def test_what_a_correction_says_must_fit_the_list_and_its_instants(world: World) -> None:
    frozen = await story.listed(world)
    original = await story.issued(world, frozen)
    due = frozen.window.due_at

    async def code(**more: object) -> str:
        status, told = await _correct(world, original["id"], frozen, **more)
        assert status == 409
        found: str = told["code"]
        return found

    assert await code(received_at=None) == "received_at_mismatch"
    assert await code(received_at=story.later(due, minutes=1)) == "received_at_mismatch"
    assert await code(received_at=story.later(due, hours=7)) == "received_after_cut_off"
    assert await code(received_at=story.later(due, days=-4)) == "received_before_opening"
    assert await code(outcome="missing", received_at=None) == "ruling_changes_nothing"
    assert await code(unit_id="nobody") == "unit_unknown"
    early = [{"unit_id": "ec03", "received_at": due.isoformat(), "reason": "已报"}]
    status, told = await story.try_(world, story.OFFICE, original["id"], "supplement", units=early)
    assert (status, told["code"]) == (409, "not_after_cut_off")
    late = [{"unit_id": "ec01", "received_at": world.clock().isoformat(), "reason": "已报"}]
    status, told = await story.try_(world, story.OFFICE, original["id"], "supplement", units=late)
    assert (status, told["code"]) == (409, "not_missing")


async def test_a_draft_cannot_be_corrected_nor_a_correction(world: World) -> None:
    frozen = await story.listed(world)
    draft = await story.drafted(world, frozen)
    status, told = await _correct(world, draft["id"], frozen)
    assert (status, told["code"]) == (409, "wrong_state")
    await story.decided(world, draft["id"])
    await story.signed(world, draft["id"])
    await story.do(world, story.OFFICE, draft["id"], "issue")
    _, correction = await _correct(world, draft["id"], frozen)
    await _through(world, correction["id"])
    status, told = await _correct(world, correction["id"], frozen)
    assert (status, told["code"]) == (409, "not_an_original")


async def test_a_withdrawn_bulletin_stays_readable_and_its_readers_are_told(world: World) -> None:
    frozen = await story.listed(world)
    issued = await story.issued(world, frozen)
    status, told = await story.try_(world, story.OFFICE, issued["id"], "withdraw", reason="依据有误")
    assert (status, told["code"]) == (403, "role_required")
    withdrawn = await story.do(world, story.LEADER, issued["id"], "withdraw", reason="依据有误")
    assert withdrawn["state"] == "withdrawn"
    assert (await story.see(world, issued["id"], "p-ec01-head"))["withdrawn_reason"] == "依据有误"
    assert await story.download(world, issued["id"], "docx", "p-ec01-head")
    kinds = [one["kind"] for one in await story.inbox(world, "p-ec01-safety", issued["id"])]
    assert sorted(kinds) == ["bulletin", "bulletin_withdrawn"]
    again = await story.drafted(world, frozen)
    assert again["id"] != issued["id"], "a list whose bulletin was withdrawn may have another"


async def test_the_record_tells_every_step_by_whom_and_by_which_post(world: World) -> None:
    frozen = await story.listed(world)
    issued = await story.issued(world, frozen)
    _, draft = await _correct(world, issued["id"], frozen)
    await _through(world, draft["id"])
    answer = await world.get(story.OFFICE, f"/v1/bulletins/{issued['id']}/timeline")
    entries = answer.json()["items"]
    assert [one["action"] for one in entries] == ["draft", "decide", "review", "sign", "issue", "corrected"]
    assert [one["seq"] for one in entries] == list(range(1, 7))
    signing = entries[3]
    assert (signing["label"], signing["post"]) == ("签发", "安全专项督查领导小组组长")
    assert signing["person"] == "组长示例"
    assert {datetime.fromisoformat(one["at"]).tzinfo is not None for one in entries} == {True}
    hidden = await world.get("p-ec01-head", f"/v1/bulletins/{issued['id']}/timeline")
    assert (hidden.status_code, hidden.json()["code"]) == (403, "role_required")


async def test_the_chain_of_every_bulletin_is_exported_and_sound(world: World) -> None:
    issued = await story.issued(world, await story.listed(world))
    chains = {chain.case_id: chain async for chain in PostgresChains(world.database).subjects()}
    chain = chains[issued["id"]]
    assert len(chain.entries) == issued["seq"] == 5
    assert audit.verify(issued["id"], chain.entries, head=issued["head"], seq=issued["seq"]) is None
    rebuilt = audit.rebuild(chain.entries)
    assert (rebuilt["state"], rebuilt["number"]) == ("issued", issued["number"])
