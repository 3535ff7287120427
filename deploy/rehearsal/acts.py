"""What the people of a scenario do: each event becomes requests to the API, and the answers become lines.

Invariant: what the rules refuse stands in the timeline with the reason, and the rehearsal goes on.
"""

from http import HTTPStatus
from typing import Any, Final

from deploy.rehearsal import changes, collecting
from deploy.rehearsal.refusing import refused, unheld_at
from deploy.rehearsal.scenario import Act, Event, Report
from deploy.rehearsal.speaker import Vacant
from deploy.rehearsal.stage import Stage
from deploy.rehearsal.timeline import Kind, Line
from domain.hazard import ACTION_LABELS, REPORT
from domain.hazard import Stage as CaseStage

HAZARD: Final = "hazard"
API: Final = "API"


async def play(stage: Stage, event: Event) -> list[Line]:
    """Let the event happen now, and tell of it."""
    try:
        return await _played(stage, event)
    except Vacant as vacant:
        return [unheld_at(stage, event, vacant.post)]


async def _played(stage: Stage, event: Event) -> list[Line]:
    if event.report is not None:
        return await _report(stage, event.report)
    if event.act is not None:
        return await _act(stage, event.act)
    if any((event.succession, event.absence, event.outage, event.plan)):
        return await changes.play(stage, event)
    return await collecting.play(stage, event)


async def _report(stage: Stage, told: Report) -> list[Line]:
    post, person = await stage.speaker_of(told.by)
    body = told.model_dump(mode="json", exclude={"case", "by", "evidence"}, exclude_none=True)
    body |= {"unit_id": body.pop("unit"), "evidence": await stage.speaker.cited(person, told.evidence)}
    answer = await stage.speaker.post(person, "/v1/hazards", body)
    about = {"kind_of_case": HAZARD, "unit": told.unit, "step": REPORT, "post": post, "channel": API}
    about["person"] = await stage.name(person)
    if not answer.is_success:
        return [refused(stage, answer, ACTION_LABELS[REPORT], about)]
    seen = answer.json()
    stage.cases[told.case] = seen["id"]
    if answer.status_code != HTTPStatus.ACCEPTED:
        await stage.follow([seen["id"]])
    new = seen.get("is_new", True)
    text = f"{ACTION_LABELS[REPORT]}：{told.place}，{told.description}" if new else "同一隐患在办，不重复立案"
    return [Line(at=stage.now, kind=Kind.OPENED if new else Kind.ACT, case=seen["id"], text=text, **about)]


async def _act(stage: Stage, told: Act) -> list[Line]:
    post, person = await stage.speaker_of(told.by)
    number = stage.cases.get(told.case)
    label = ACTION_LABELS[told.do]
    about: dict[str, Any] = {"case": number, "kind_of_case": HAZARD, "step": told.do.value, "post": post}
    about |= {"person": await stage.name(person), "channel": API}
    if number is None:
        return [Line(at=stage.now, kind=Kind.REFUSED, text=f"{label}：“{told.case}”未能立案", **about)]
    if not stage.engine_away:
        await stage.follow([number])
    body = {**told.fields, "evidence": await stage.speaker.cited(person, told.evidence)}
    answer = await stage.speaker.post(person, f"/v1/hazards/{number}/actions/{told.do.value}", body)
    if not answer.is_success:
        return [refused(stage, answer, label, about)]
    seen = answer.json()
    about["unit"] = seen["unit_id"]
    said = "，".join(str(told.fields[name]) for name in ("note", "reason") if name in told.fields)
    lines = [Line(at=stage.now, kind=Kind.ACT, text=f"{label}：{said}" if said else label, **about)]
    if not seen["is_open"]:
        ended = CaseStage(seen["stage"]).label
        lines.append(Line(at=stage.now, kind=Kind.CLOSED, text=f"{ended}：{seen['place']}", **about))
    return lines
