"""The timeline: everything in order, who did it and how, and the state from it alone (bars U1, U2, U4)."""

from typing import Any

from adapters.postgres import codecs
from adapters.postgres.audit import PostgresAudit
from domain import audit
from tests.harness import Json, World
from tests.stories import loop
from tests.stories.loop import CHECKER, DEPUTY, FINDER, HEAD, OFFICE, STAFF

STEPS = (
    (FINDER, "confirm"),
    (OFFICE, "assign"),
    (HEAD, "plan"),
    (STAFF, "control"),
    (OFFICE, "supervise"),
    (CHECKER, "suspend_use"),
    (STAFF, "start"),
    (HEAD, "submit"),
    (CHECKER, "return"),
    (STAFF, "note"),
    (STAFF, "submit"),
    (CHECKER, "resume_use"),
    (CHECKER, "pass"),
    (DEPUTY, "close"),
    (OFFICE, "reopen"),
)


async def _long(world: World) -> tuple[str, list[tuple[str, str, str]]]:
    """A case with a long life, and what was done to it: person, action, key."""
    key = "report-of-a-long-life-" + str(next(world.places))
    body = {
        "unit_id": "ec01",
        "place": f"第{next(world.places)}号房间",
        "category": "building",
        "item": "building-danger",
        "description": "墙体开裂",
        "level": "major",
        "evidence": await world.cite(FINDER, "before_photo"),
    }
    reported = await world.post(FINDER, "/v1/hazards", body, key)
    number = reported.json()["id"]
    done = [(FINDER, "report", key)]
    for person, action in STEPS:
        key = f"{number}-{len(done)}"
        response = await world.post(
            person, f"/v1/hazards/{number}/actions/{action}", await loop.body(world, person, action), key
        )
        assert response.status_code == 200, response.text
        done.append((person, action, key))
    return number, done


async def _posts(world: World) -> dict[str, str]:
    return {post["id"]: post["title"] for post in await world.whole(OFFICE, "/v1/posts")}


async def _names(world: World, people: set[str]) -> dict[str, str]:
    return {person: (await world.get(person, "/v1/me")).json()["name"] for person in people}


async def test_every_act_stands_in_the_timeline_in_order_with_its_person_post_channel_and_request(
    world: World,
) -> None:
    number, done = await _long(world)
    lines = await loop.timeline(world, number)
    titles, names = await _posts(world), await _names(world, {person for person, _, _ in done})
    posts = {FINDER: "team-1", CHECKER: "team-1", OFFICE: "office", DEPUTY: "deputy"}
    posts |= {STAFF: "ec01-safety", HEAD: "ec01-head"}
    assert [line["seq"] for line in lines] == list(range(1, len(done) + 1))
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    for line, (person, action, key) in zip(lines, done, strict=True):
        assert (line["action"], line["person"]) == (action, names[person])
        assert line["post"] == titles[posts[person]]
        assert line["request_id"] == f"{person}:{key}"
        assert (line["channel"], line["on_behalf_of"]) == ("api", None)


async def test_the_stages_of_the_timeline_are_those_that_the_case_went_through(world: World) -> None:
    number, _ = await _long(world)
    stages = [line["stage"] for line in await loop.timeline(world, number) if line["stage"]]
    ways = "reported confirmed assigned rectifying verifying rectifying verifying awaiting_closure closed assigned"
    assert stages == ways.split()


def _seen_from(lines: list[Json], seen: Json) -> Json:
    """The fields of the view, from the timeline alone."""
    folded: dict[str, Any] = {}
    for line in lines:
        folded |= line["changed"]
    return {name: _without_zeros(folded[name]) for name in seen if name in folded}


def _without_zeros(value: Any) -> Any:
    """Instants as the view writes them: the record spells out microseconds that are none."""
    if isinstance(value, list):
        return [_without_zeros(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_zeros(one) for key, one in value.items()}
    return value.replace(".000000Z", "Z") if isinstance(value, str) else value


async def test_replaying_the_timeline_rebuilds_what_the_api_shows(world: World) -> None:
    number, _ = await _long(world)
    seen = await world.see(number)
    shown = _seen_from(await loop.timeline(world, number), seen)
    # shown with labels, compared below without them; the view's clock is the one that runs, told by its own pages
    same = {"evidence", "rounds", "clock"}
    assert {name: seen[name] for name in shown if name not in same} == {
        name: value for name, value in shown.items() if name not in same
    }
    assert len(shown) > 30
    assert [one["sha256"] for one in seen["evidence"]] == [one["sha256"] for one in shown["evidence"]]
    assert [one["reason"] for one in seen["rounds"]] == [one["reason"] for one in shown["rounds"]]
    assert [one["due_at"] for one in seen["rounds"]] == [one["due_at"] for one in shown["rounds"]]


async def test_replaying_the_record_rebuilds_the_snapshot_exactly(world: World) -> None:
    number, done = await _long(world)
    (chain,) = [
        one.chain async for one in PostgresAudit(world.database).cases() if one.chain.case_id == number
    ]
    assert chain.seq == len(chain.entries) == len(done)
    async with world.database.connection() as connection:
        snapshot = codecs.case(
            await connection.fetchval("SELECT snapshot FROM hazards WHERE id = $1", number)
        )
    assert audit.rebuild(chain.entries) == audit.plain(snapshot)
    assert codecs.case_of(audit.rebuild(chain.entries)) == snapshot


async def test_every_chain_on_record_is_sound(world: World) -> None:
    number, _ = await _long(world)
    found = {}
    async for kept in PostgresAudit(world.database).cases():
        chain = kept.chain
        found[chain.case_id] = audit.verify(chain.case_id, chain.entries, head=chain.head, seq=chain.seq)
    assert number in found
    assert set(found.values()) == {None}


async def test_the_head_that_the_api_shows_is_the_hash_of_the_last_line(world: World) -> None:
    number = await loop.to(world, "assigned")
    lines = await loop.timeline(world, number)
    assert (await world.see(number))["head"] == lines[-1]["hash"]
