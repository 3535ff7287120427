"""The auditor recomputes what collections, bulletins and bulk acts must have told: nothing missing, nothing extra, or the list."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg

from adapters.postgres.bulletin_clock import PostgresBulletinClock
from adapters.postgres.collections import PostgresCollections
from domain.delivery.auditing import Flaw
from tests.collections import acts
from tests.delivery.office import STRAY, Office, dispatching
from tests.harness import Json
from tests.stories import bulletins, loop

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LACKING = "留痕应有的通知不在待发表中"


async def _routed(office: Office) -> None:
    """Everything that is due is routed, as it is every day."""
    async with dispatching(office):
        await office.settled(await office.put("ec01-safety", urgent=True))


async def _sql(office: Office, statement: str, *given: Any) -> None:
    owner = await asyncpg.connect(office.owner_url)
    await owner.execute(statement, *given)
    await owner.close()


async def _lose(office: Office, where: str, *given: Any) -> None:
    owner = await asyncpg.connect(office.owner_url)
    lost = [row["id"] for row in await owner.fetch(f"SELECT id FROM notices WHERE {where}", *given)]  # noqa: S608
    for table in ("notice_queue", "collection_reminders", "notice_acks"):
        await owner.execute(f"DELETE FROM {table} WHERE notice_id = ANY ($1)", lost)  # noqa: S608
    await owner.execute("DELETE FROM notices WHERE id = ANY ($1)", lost)
    await owner.close()
    assert lost


async def _add(office: Office, like: str, post: str) -> None:
    """One more notice like the first of those, to a post; nothing decided it."""
    columns = "id, case_id, seq, kind, post_id, at, due_at, leaves_at, urgent, late, text"
    shown = columns.replace("id,", "id || '.x',", 1).replace("post_id", f"'{post}'")
    await _sql(office, f"INSERT INTO notices ({columns}) SELECT {shown} FROM notices WHERE {like} LIMIT 1")  # noqa: S608


async def _wind_to(office: Office, at: datetime) -> None:
    office.world.clock.ahead += at - office.world.clock()


async def _step(office: Office, number: str) -> datetime | None:
    """Take the next step of a collection in its time; gives that instant."""
    async with office.world.database.connection() as connection:
        at: datetime | None = await connection.fetchval(
            "SELECT next_step_at FROM collections WHERE id = $1", number
        )
    if at is not None:
        await _wind_to(office, at)
        await PostgresCollections(office.world.database).step(number, at)
    return at


async def _collected(office: Office, **more: Any) -> str:
    """A daily report with everything that can happen to it, to its cut-off."""
    opens_at = office.world.clock().replace(second=0, microsecond=0) + 5 * MINUTE
    collection = await acts.create(office.world, opens_at, 2 * HOUR, **more)
    number: str = collection["id"]
    await _step(office, number)
    await acts.zero(office.world, "ec02", number)
    assert (
        await acts.decide(office.world, number, "exempt", unit_id="ec04", reason="停业")
    ).status_code == 200
    until = acts.iso(opens_at + 2 * HOUR + 20 * MINUTE)
    extended = await acts.decide(office.world, number, "extend", unit_id="ec03", until=until, reason="停电")
    assert extended.status_code == 200
    office.world.clock.ahead += MINUTE
    returned = await acts.decide(office.world, number, "return", unit_id="ec02", reasons=["数字不符"])
    assert returned.status_code == 200, returned.text
    office.world.clock.ahead += MINUTE
    while await _step(office, number):
        pass
    return number


async def test_a_collection_told_its_units_exactly_what_its_record_says(office: Office) -> None:
    number = await _collected(office, audience={"exempt": [{"unit_id": "ec05", "reason": "撤并"}]})
    await _routed(office)
    await office.sound()
    async with office.world.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT kind, count(*) AS n FROM notices WHERE case_id = $1 GROUP BY kind", number
        )
    assert {row["kind"] for row in rows} == {
        "collection_opened",
        "collection_reminder",
        "collection_overdue",
        "collection_decided",
        "collection_ended",
    }


async def test_what_a_collection_lost_or_told_too_much_is_found(office: Office) -> None:
    number = await _collected(office)
    await _lose(office, "case_id = $1 AND kind = 'collection_opened' AND post_id = 'fu01-safety'", number)
    await _lose(office, "case_id = $1 AND kind = 'collection_decided' AND post_id = 'ec02-safety'", number)
    await _lose(office, "case_id = $1 AND kind = 'collection_overdue' AND post_id = 'ec03-safety'", number)
    await _lose(office, "case_id = $1 AND kind = 'collection_ended' AND post_id = 'office'", number)
    # who is exempt is not reminded, and nobody is told twice that the list is closed
    await _add(office, f"case_id = '{number}' AND kind = 'collection_reminder'", "ec04-safety")
    await _add(office, f"case_id = '{number}' AND kind = 'collection_ended'", "leader")
    await _routed(office)
    found = [(one.flaw, one.sentence) for one in await office.audited()]
    missing = [sentence for flaw, sentence in found if flaw is Flaw.MISSING and LACKING in sentence]
    assert any("限时报送，fu01-safety" in one for one in missing)
    assert any("报送事项的决定，ec02-safety" in one for one in missing)
    assert any("逾期未报，ec03-safety" in one for one in missing)
    assert any("报送名单已固定，office" in one for one in missing)
    assert found.count((Flaw.EXTRA, STRAY)) == 2


async def test_a_step_of_a_collection_that_nobody_took_is_missing_for_its_units(office: Office) -> None:
    opens_at = office.world.clock().replace(second=0, microsecond=0) + 5 * MINUTE
    collection = await acts.create(office.world, opens_at, 2 * HOUR)
    await _step(office, collection["id"])
    await _routed(office)
    await office.sound(ahead=2 * HOUR)
    found = await office.audited(ahead=3 * HOUR)
    assert {one.sentence for one in found} >= {f"{LACKING}（催报，{unit}-safety）" for unit in acts.UNITS}


async def _chased(office: Office, number: str) -> datetime | None:
    """Have the clock of bulletins do what is due next, in its time."""
    async with office.world.database.connection() as connection:
        at: datetime | None = await connection.fetchval(
            "SELECT next_step_at FROM bulletins WHERE id = $1", number
        )
    if at is not None:
        await _wind_to(office, at)
        await PostgresBulletinClock(office.world.database).take(number, at)
    return at


async def _read(office: Office, number: str, *units: str) -> None:
    for unit in units:
        answer = await office.world.post(f"p-{unit}-safety", f"/v1/bulletins/{number}/actions/read", None)
        assert answer.status_code == 200, answer.text


async def _issued(office: Office) -> Json:
    """A bulletin that waited for its review, was issued, and is read by some."""
    draft = await bulletins.drafted(office.world, await bulletins.listed(office.world))
    await _chased(office, draft["id"])
    office.world.clock.ahead += 2 * HOUR
    await bulletins.decided(office.world, draft["id"])
    await bulletins.signed(office.world, draft["id"])
    office.world.clock.ahead += MINUTE
    issued = await bulletins.do(office.world, bulletins.OFFICE, draft["id"], "issue")
    await _read(office, draft["id"], "ec01", "ec02")
    await _chased(office, draft["id"])
    office.world.clock.ahead += MINUTE
    await _read(office, draft["id"], "ec03")
    await _chased(office, draft["id"])
    return issued


async def test_a_bulletin_told_and_chased_exactly_whom_its_record_says(office: Office) -> None:
    number = (await _issued(office))["id"]
    await _routed(office)
    await office.sound()
    units = ("ec04", "ec05", "ec06", "fu01", "fu02", "su01")
    await _read(office, number, *units)
    # all have read it: the clock owes nothing more
    await office.sound(ahead=timedelta(days=30))
    office.world.clock.ahead += MINUTE
    await bulletins.do(office.world, bulletins.LEADER, number, "withdraw", reason="名单有误")
    await _routed(office)
    await office.sound()


async def test_what_a_bulletin_lost_is_found(office: Office) -> None:
    await _routed(office)
    number = (await _issued(office))["id"]
    async with office.world.database.connection() as connection:
        first = await connection.fetchval(
            "SELECT min(at) FROM notices WHERE case_id = $1 AND kind = 'bulletin_unread'", number
        )
    # a reminder, a first step, one reader's copy, and a whole round of chasing
    await _lose(office, "case_id = $1 AND kind = 'reminder'", number)
    await _lose(office, "case_id = $1 AND kind = 'work' AND seq = 1", number)
    await _lose(office, "case_id = $1 AND kind = 'bulletin' AND post_id = 'ec06-safety'", number)
    await _lose(office, "case_id = $1 AND kind = 'bulletin_unread' AND at > $2", number, first)
    await _routed(office)
    lost = [one.sentence for one in await office.audited() if one.flaw is Flaw.MISSING]
    for said in ("临期提醒，office", "待办，office", "通报，ec06-safety", "通报催阅，fu01-safety"):
        assert f"{LACKING}（{said}）" in lost


async def test_who_has_read_a_bulletin_and_is_chased_all_the_same_is_found(office: Office) -> None:
    number = (await _issued(office))["id"]
    await _add(office, f"case_id = '{number}' AND kind = 'bulletin_unread'", "ec01-safety")
    await _routed(office)
    assert [(one.flaw, one.sentence) for one in await office.audited()] == [(Flaw.EXTRA, STRAY)]


async def test_an_escalation_that_no_clock_told_is_missing(office: Office) -> None:
    case = (await office.world.report())["id"]
    await loop.do(office.world, loop.FINDER, case, "confirm")
    await loop.do(office.world, loop.OFFICE, case, "assign")
    await _routed(office)
    await office.sound()
    found = await office.audited(ahead=timedelta(days=400))
    assert {one.flaw for one in found if one.notice_id.startswith(case)} == {Flaw.MISSING}
    assert any(LACKING in one.sentence for one in found)


async def test_a_bulk_act_that_told_by_digests_lacks_nothing(office: Office) -> None:
    world = office.world
    cases = [(await world.report())["id"] for _ in range(3)]
    body = {"hazards": cases, "act": {}}
    answer = await world.post(loop.FINDER, "/v1/hazards/bulk/confirm", body, "bulk")
    assert answer.status_code == 200, answer.text
    await _routed(office)
    await office.sound()
    await _sql(office, "UPDATE bulk_notices SET digest_id = NULL WHERE case_id = $1", cases[0])
    assert any(LACKING in one.sentence for one in await office.audited())
