"""A bulletin from the frozen list to its issue: who may, what is said, and that it is issued once (bars P1, C1)."""

import asyncio
import hashlib

import asyncpg

from deploy.devstack import Devstack
from domain.collection import Outcome
from tests.documents import papers
from tests.harness import World
from tests.stories import bulletins as story


async def test_a_bulletin_is_drafted_reviewed_signed_and_issued_with_the_numbers_of_the_list(
    world: World,
) -> None:
    frozen = await story.listed(world)
    draft = await story.drafted(world, frozen)
    assert draft["state"] == "draft"
    assert draft["number"] is None
    counts = draft["counts"]
    parts = ("on_time", "late", "missing", "exempt", "defective")
    assert counts["expected"] == sum(counts[name] for name in parts) == 9
    assert (counts["due"], counts["on_time_rate"]) == (8, "62.5%")
    assert draft["list_hash"] == frozen.hash
    await story.decided(world, draft["id"])
    reviewed = await story.do(world, story.OFFICE, draft["id"], "review")
    assert reviewed["waiting_post"] == "leader"
    signed = await story.do(world, story.LEADER, draft["id"], "sign")
    assert (signed["state"], signed["signed_post"], signed["number"]) == ("signed", "leader", None)
    issued = await story.do(world, story.OFFICE, draft["id"], "issue")
    assert issued["state"] == "issued"
    assert issued["number"].startswith("示例区民发〔")
    assert issued["number"].endswith("号")
    assert issued["audience"] == 9


async def test_the_documents_name_late_missing_and_decided_units_and_nobody_on_time(world: World) -> None:
    issued = await story.issued(world, await story.listed(world))
    text = papers.words(papers.texts(await story.download(world, issued["id"], "pdf")))
    for told in (
        issued["number"],
        "松鹤老年公寓",
        "迟报11分钟",
        "夕阳红养老服务中心",
        "福寿居养老院",
        "北镇敬老院",
    ):
        assert papers.words([told]) in text
    assert "康宁养老院" not in text
    assert "应报单位8家，按时报送5家，迟报1家，未报1家，材料不合格1家，按时报送率62.5%" in text
    assert "0477" not in text, "not even the office's number is wanted here"
    for suffix, sha256 in issued["files"].items():
        content = await story.download(world, issued["id"], suffix)
        assert hashlib.sha256(content).hexdigest() == sha256


async def test_a_download_is_named_in_chinese_for_people(world: World) -> None:
    issued = await story.issued(world, await story.listed(world))
    answer = await world.get("p-ec01-head", f"/v1/bulletins/{issued['id']}.docx")
    assert answer.status_code == 200
    disposition = answer.headers["content-disposition"]
    assert f'filename="{issued["id"]}.docx"' in disposition
    assert "filename*=UTF-8''%E7%A4%BA%E4%BE%8B" in disposition


async def test_a_unit_whose_material_is_defective_waits_for_a_person_to_decide(world: World) -> None:
    draft = await story.drafted(world, await story.listed(world))
    assert draft["undecided"] == ["ec04"]
    before = papers.texts(await story.download(world, draft["id"], "pdf"))
    assert "福寿居养老院" not in papers.words(before)
    status, told = await story.try_(world, story.OFFICE, draft["id"], "review")
    assert (status, told["code"], told["units"]) == (409, "defects_undecided", ["ec04"])
    left_out = await story.decided(world, draft["id"], named=False)
    assert left_out["undecided"] == []
    text = papers.words(papers.texts(await story.download(world, draft["id"], "pdf")))
    assert "福寿居养老院" not in text
    assert "材料不合格1家" in text, "the list still adds up"
    await story.decided(world, draft["id"])
    assert "福寿居养老院" in papers.words(papers.texts(await story.download(world, draft["id"], "pdf")))
    status, told = await story.try_(
        world, story.OFFICE, draft["id"], "decide", unit_id="ec01", named=True, reason="无"
    )
    assert (status, told["code"]) == (409, "unit_not_defective")


async def test_whoever_wrote_in_a_draft_does_not_sign_it_by_whatever_post(world: World) -> None:
    draft = await story.drafted(world, await story.listed(world))
    await story.decided(world, draft["id"])
    await story.do(world, story.OFFICE, draft["id"], "review")
    await _make_leader(world, story.OFFICE)
    try:
        seen = await story.see(world, draft["id"])
        assert "sign" not in [one["action"] for one in seen["allowed_actions"]]
        status, told = await story.try_(world, story.OFFICE, draft["id"], "sign")
        assert (status, told["code"]) == (403, "separation_of_duties")
        assert "拟稿" in seen["separation"]
    finally:
        await _unmake_leader(world, story.OFFICE)
    assert (await story.do(world, story.DEPUTY, draft["id"], "sign"))["state"] == "signed"


async def _make_leader(world: World, person: str) -> None:
    async with world.database.connection() as connection:
        await connection.execute(
            "INSERT INTO holders (post_id, person_id, valid_from) VALUES ('deputy-3', $1, '2020-01-01T00:00Z')",
            person,
        )


async def _unmake_leader(world: World, person: str) -> None:
    async with world.database.connection() as connection:
        await connection.execute("DELETE FROM holders WHERE post_id = 'deputy-3' AND person_id = $1", person)


async def test_asked_for_twice_at_once_it_is_drafted_and_issued_once(world: World) -> None:
    frozen = await story.listed(world)
    drafts = await asyncio.gather(*(story.drafted(world, frozen) for _ in range(5)))
    assert len({draft["id"] for draft in drafts}) == 1
    number = drafts[0]["id"]
    await story.decided(world, number)
    await story.signed(world, number)
    answers = await asyncio.gather(*(story.try_(world, story.OFFICE, number, "issue") for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
    assert {told["code"] for status, told in answers if status == 409} == {"wrong_state"}
    told = await story.inbox(world, "p-ec01-safety", number)
    assert [one["kind"] for one in told] == ["bulletin"]


async def test_the_same_key_gives_the_first_answer_and_another_body_is_refused(world: World) -> None:
    draft = await story.drafted(world, await story.listed(world))
    path, key = f"/v1/bulletins/{draft['id']}/actions/amend", "bulletin-key-1"
    first = await world.post(story.OFFICE, path, {"title": "关于值班表报送情况的通报"}, key)
    again = await world.post(story.OFFICE, path, {"title": "关于值班表报送情况的通报"}, key)
    other = await world.post(story.OFFICE, path, {"title": "另一个标题"}, key)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_bulletins_of_a_year_are_numbered_without_gap_or_double_also_at_once(world: World) -> None:
    drafts = [await story.drafted(world, await story.listed(world)) for _ in range(4)]
    for draft in drafts:
        await story.decided(world, draft["id"])
        await story.signed(world, draft["id"])
    issued = await asyncio.gather(*(story.do(world, story.OFFICE, draft["id"], "issue") for draft in drafts))
    numbers = sorted(int(one["number"].partition("〕")[2].removesuffix("号")) for one in issued)
    assert numbers == list(range(numbers[0], numbers[0] + 4))


async def test_a_returned_draft_is_reviewed_and_signed_anew(world: World) -> None:
    draft = await story.drafted(world, await story.listed(world))
    await story.decided(world, draft["id"])
    await story.signed(world, draft["id"])
    back = await story.do(world, story.LEADER, draft["id"], "return", reason="请补充整改要求")
    assert (back["state"], back["signed_at"], back["reviewed_at"]) == ("draft", None, None)
    await story.do(world, story.OFFICE, draft["id"], "amend", demands=["请于明日补报。"])
    await story.signed(world, draft["id"])
    issued = await story.do(world, story.OFFICE, draft["id"], "issue")
    assert "请于明日补报" in papers.words(papers.texts(await story.download(world, issued["id"], "pdf")))


async def test_no_number_of_a_person_gets_into_a_bulletin(world: World) -> None:
    draft = await story.drafted(world, await story.listed(world))
    for text in ("请联系13812345678", "身份证150602199001011234", "a@example.com"):
        status, told = await story.try_(world, story.OFFICE, draft["id"], "amend", demands=[text])
        assert (status, told["code"]) in ((409, "personal_data"), (422, "invalid_request"))
        assert "demands" in str(told), "the field is named"
        assert text not in str(told)


async def test_a_list_that_was_changed_behind_the_record_is_neither_signed_nor_issued(
    world: World, stack: Devstack
) -> None:
    frozen = await story.listed(world)
    draft = await story.drafted(world, frozen)
    await story.decided(world, draft["id"])
    await story.do(world, story.OFFICE, draft["id"], "review")
    await _forge(stack, frozen.collection_id, "on_time")
    status, told = await story.try_(world, story.LEADER, draft["id"], "sign")
    assert (status, told["code"]) == (409, "list_altered")
    await _forge(stack, frozen.collection_id, "missing")
    assert (await story.do(world, story.LEADER, draft["id"], "sign"))["state"] == "signed"


async def _forge(stack: Devstack, number: str, outcome: str) -> None:
    """Change a frozen list as its owner."""
    connection = await asyncpg.connect(stack.owner_url)
    try:
        changed = "UPDATE collection_standings SET outcome = $2 WHERE collection_id = $1 AND unit_id = 'ec03'"
        await connection.execute(changed, number, outcome)
    finally:
        await connection.close()


async def test_everybody_exempt_is_a_rate_of_nothing(world: World) -> None:
    frozen = await story.listed(world, outcomes={"ec01": Outcome.EXEMPT})
    draft = await story.drafted(world, frozen)
    assert draft["counts"]["on_time_rate"] == "—"
    assert "按时报送率—" in papers.words(papers.texts(await story.download(world, draft["id"], "pdf")))
