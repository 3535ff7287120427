"""What happens around the people of a scenario: another holder of a post, an official plan, an engine that is dead.

Invariant: it goes the way that it goes in real life: through the API where there is one, by killing the process where not.
"""

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus

import httpx

from deploy.processes import StackError
from deploy.rehearsal.refusing import refused
from deploy.rehearsal.scenario import Absence, Event, Outage, Plan, Succession
from deploy.rehearsal.stage import Stage
from deploy.rehearsal.timeline import Kind, Line, spoken

START_WITHIN = 30.0


async def play(stage: Stage, event: Event) -> list[Line]:
    """Let the event happen now, and tell of it."""
    if event.succession is not None:
        return await _succeeded(stage, event.succession)
    if event.absence is not None:
        return await _stood_in(stage, event.absence)
    if event.plan is not None:
        return await _planned(stage, event.plan)
    if event.outage is not None:
        return await _outage(stage, event.outage)
    raise ValueError("an event of no kind")


async def close_on(stage: Stage, days: Iterable[date]) -> None:
    """Let these days be off, by the office's word. Raises ``StackError`` for one that the calendar has already."""
    _, person = await stage.editor()
    for day in days:
        body = {"kind": "holiday", "name": "假设休息", "source_doc": f"推演假设〔{day.year}〕1号"}
        path = f"/v1/calendar/{stage.region}/{day}"
        answer = await stage.speaker.put(person, path, body | {"expected_version": 0})
        if not answer.is_success:
            raise StackError(f"--holiday {day}：{answer.json()['title']}。")


async def _outage(stage: Stage, told: Outage) -> list[Line]:
    await stage.engine_process.stop()
    stage.engine_away, stage.back_at = True, told.until
    until = spoken(told.until)
    return [
        Line(
            at=stage.now, kind=Kind.OUTAGE, text=f"流程引擎停止，至 {until} 恢复；上报照常受理，办理暂不受理"
        )
    ]


async def recover(stage: Stage) -> list[Line]:
    """The engine is back: what was taken in meanwhile is started, what fell due meanwhile is done now."""
    await stage.engine_process.start(within=START_WITHIN)
    stage.engine_away, stage.back_at = False, None
    await stage.settled(stage.record.unstarted, "补启动")
    await stage.rejoin()
    return [Line(at=stage.now, kind=Kind.OUTAGE, text="流程引擎恢复，补办中断期间到期的事项")]


async def _planned(stage: Stage, told: Plan) -> list[Line]:
    await stage.follow(await stage.record.open_cases())
    post, person = await stage.editor()
    body = {"source_doc": told.source_doc, "days": [day.model_dump(mode="json") for day in told.days]}
    answer = await stage.speaker.put(person, f"/v1/calendar/{stage.region}/years/{told.year}", body)
    if answer.status_code != HTTPStatus.OK:
        raise StackError(f"推演中断：{told.year} 年放假安排未能载入，{answer.json()['title']}。")
    await stage.settled(stage.record.orders_undone, "时限重算")
    text = f"载入{told.year}年放假安排（{told.source_doc}），按新安排重算在办时限"
    who = {"post": post, "person": await stage.name(person), "channel": "API"}
    return [Line(at=stage.now, kind=Kind.ACT, step="calendar", text=text, **who)]


async def _succeeded(stage: Stage, told: Succession) -> list[Line]:
    before = [await stage.name(one) for one in await stage.directory.holders(told.post, stage.clock())]
    rows = {
        "people": [{"id": told.person, "name": told.name}],
        "holders": [{"post_id": told.post, "person_id": told.person}],
    }
    about = {"step": "succession", "post": told.post, "person": told.name}
    answer = await _edited(stage, rows, "人员变动")
    if not answer.is_success:
        return [refused(stage, answer, "人员变动", about)]
    text = f"由 {'、'.join(before) or '空缺'} 变为 {told.name}，在办事项自动接替，不另行文"
    return [Line(at=stage.now, kind=Kind.SUCCESSION, text=text, **about)]


async def _stood_in(stage: Stage, told: Absence) -> list[Line]:
    row = {"post_id": told.post, "absent_id": told.absent, "substitute_id": told.substitute}
    row |= {"first_day": told.first_day.isoformat(), "last_day": told.last_day.isoformat()}
    about = {"step": "substitution", "post": told.post, "person": await stage.name(told.substitute)}
    answer = await _edited(stage, {"substitutions": [row]}, "请假代理")
    if not answer.is_success:
        return [refused(stage, answer, "代理", about)]
    text = f"{told.first_day} 至 {told.last_day} 代 {await stage.name(told.absent)}"
    return [Line(at=stage.now, kind=Kind.SUCCESSION, text=text, **about)]


async def _edited(stage: Stage, rows: dict[str, list[dict[str, str]]], reason: str) -> httpx.Response:
    _, person = await stage.editor()
    seen = await stage.speaker.get(person, "/v1/organisation")
    body = {"document": rows, "expected_version": seen.json()["version"], "reason": reason}
    return await stage.speaker.post(person, "/v1/organisation/edits", body)
