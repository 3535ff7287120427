"""The bureau's own letterhead, templates and policy; a policy may sign by itself, and does not unless told to."""

import io
from collections.abc import AsyncIterator
from typing import Any

import docx
import httpx
import pytest

from domain.collection import Outcome
from tests.documents import papers
from tests.harness import Json, World
from tests.stories import bulletins as story

POLICY: Json = {
    "organ": "示例区民政局",
    "flag": "示例区民政局安全生产文件",
    "code": "示民安",
    "addressees": "各养老机构、殡葬服务机构",
    "copies_to": "示例区安全生产委员会办公室",
    "printer": "示例区民政局福利办公室",
    "demands": ["请于三日内补报。"],
}


@pytest.fixture
async def put_back(world: World) -> AsyncIterator[None]:
    """Afterwards the policy is what it was."""
    before = (await world.get(story.OFFICE, "/v1/bulletins/policy")).json()
    yield
    kept = {name: before[name] for name in before if name not in ("version", "separation")}
    answer = await world.put(story.OFFICE, "/v1/bulletins/policy", kept)
    assert answer.status_code == 200


async def _set(world: World, **more: Any) -> Json:
    answer = await world.put(story.LEADER, "/v1/bulletins/policy", POLICY | more)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


@pytest.mark.usefixtures("put_back")
async def test_a_bulletin_carries_the_letterhead_of_the_policy_in_force_when_it_was_drafted(
    world: World,
) -> None:
    version = (await _set(world))["version"]
    draft = await story.drafted(world, await story.listed(world))
    await _set(world, flag="另一个红头", code="另")
    await story.decided(world, draft["id"])
    await story.signed(world, draft["id"])
    issued = await story.do(world, story.OFFICE, draft["id"], "issue")
    assert issued["policy_version"] == version
    assert issued["number"].startswith("示民安〔")
    text = papers.words(papers.texts(await story.download(world, issued["id"], "pdf")))
    for told in (
        "示例区民政局安全生产文件",
        "各养老机构、殡葬服务机构：",
        "请于三日内补报。",
        "抄送：示例区安全生产委员会办公室。",
    ):
        assert told in text


@pytest.mark.usefixtures("put_back")
async def test_a_policy_signs_by_itself_only_where_it_says_so_and_nothing_is_to_be_decided(
    world: World,
) -> None:
    clear = {"ec01": Outcome.ON_TIME, "ec03": Outcome.MISSING}
    assert (await world.get(story.OFFICE, "/v1/bulletins/policy")).json()["automatic"] is False
    assert (await story.drafted(world, await story.listed(world, outcomes=clear)))["state"] == "draft"
    version = (await _set(world, automatic=True))["version"]
    signed = await story.drafted(world, await story.listed(world, outcomes=clear))
    assert (signed["state"], signed["signed_post"], signed["number"]) == ("signed", None, None)
    entries = (await world.get(story.OFFICE, f"/v1/bulletins/{signed['id']}/timeline")).json()["items"]
    assert entries[1]["action"] == "sign_by_policy"
    assert str(version) in entries[1]["note"]
    waits = await story.drafted(world, await story.listed(world))
    assert waits["state"] == "draft", "a person decides on defective material first"
    issued = await story.do(world, story.OFFICE, signed["id"], "issue")
    assert issued["state"] == "issued"


async def test_the_policy_is_the_offices_and_the_leaders_to_change_and_everybodys_to_see(
    world: World,
) -> None:
    refused = await world.put("p-ec01-head", "/v1/bulletins/policy", POLICY)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
    seen = await world.get("p-ec01-head", "/v1/bulletins/policy")
    assert "签发" in seen.json()["separation"]
    personal = await world.put(
        story.OFFICE, "/v1/bulletins/policy", POLICY | {"printer": "身份证110101199001011234"}
    )
    assert (personal.status_code, personal.json()["code"]) == (409, "personal_data")


async def _upload(world: World, person: str, content: bytes, kind: str = "bulletin") -> httpx.Response:
    return await world.http.post(
        "/v1/bulletins/templates",
        headers=world.headers(person),
        params={"kind": kind},
        files={"file": ("模板.docx", content)},
    )


async def test_an_office_edits_the_template_in_its_word_processor_and_its_words_are_in_the_bulletin(
    world: World,
) -> None:
    answer = await world.get(story.OFFICE, "/v1/bulletins/templates/bulletin.docx")
    standard = answer.content
    document = docx.Document(io.BytesIO(standard))
    place = next(one for one in document.paragraphs if one.text.startswith("二、"))
    place.insert_paragraph_before("本次通报由{{ 印发机关 }}拟稿。", style="公文正文")
    out = io.BytesIO()
    document.save(out)
    uploaded = await _upload(world, story.OFFICE, out.getvalue())
    assert uploaded.status_code == 201, uploaded.text
    issued = await story.issued(world, await story.listed(world))
    assert issued["template"] == uploaded.json()["sha256"]
    told = "本次通报由示例区民政局办公室拟稿。"
    assert told in papers.words(papers.texts(await story.download(world, issued["id"], "pdf")))
    filled = docx.Document(io.BytesIO(await story.download(world, issued["id"], "docx")))
    assert told in [one.text for one in filled.paragraphs]
    assert (await _upload(world, story.OFFICE, standard)).status_code == 201


async def test_a_template_with_a_word_that_nobody_knows_is_refused_by_name(world: World) -> None:
    answer = await world.get(story.OFFICE, "/v1/bulletins/templates/correction.docx")
    document = docx.Document(io.BytesIO(answer.content))
    document.add_paragraph("联系人{{ 联系人 }}")
    out = io.BytesIO()
    document.save(out)
    refused = await _upload(world, story.OFFICE, out.getvalue(), "correction")
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["field"]) == ("template_unknown_word", "联系人")
    stranger = await _upload(world, "p-ec01-head", out.getvalue(), "correction")
    assert stranger.status_code == 403
