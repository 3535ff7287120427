"""What is asked of many units, and what they hand in: collections, submissions, decisions and bulletins of a scenario.

Invariant: everything goes through the API; a form that the scenario does not give is filled in with placeholders by its kind.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from deploy.rehearsal.refusing import not_asked, refused, unheld
from deploy.rehearsal.scenario import Collect, Decide, Event, Handle, Read, Registration, Submit
from deploy.rehearsal.speaker import Vacant
from deploy.rehearsal.stage import Asked, Stage
from deploy.rehearsal.timeline import Kind, Line, spoken
from domain.bulletin import Action as BulletinAction
from domain.collection import label_of
from domain.evidence import EvidenceKind

API: Final = "API"
BULLETIN: Final = "bulletin"
PLACEHOLDERS: Final = {"duty": "13800000001", "leader": "13800000002", "landline": "010-55550101"}
_COUNTED: Final = {
    "expected": "应报",
    "on_time": "按时",
    "late": "迟报",
    "missing": "未报",
    "defective": "不合格",
}
_PAGE: Final = 100
_ABOUT_ISSUED: Final = frozenset({BulletinAction.CORRECT, BulletinAction.SUPPLEMENT, BulletinAction.PUBLISH})


async def play(stage: Stage, event: Event) -> list[Line]:
    """Let the event happen now, and tell of it."""
    if event.collect is not None:
        return await _collect(stage, event.collect)
    if (refusal := not_asked(stage, event)) is not None:
        return [refusal]
    if event.submit is not None:
        return [line async for line in _submit(stage, event.submit)]
    if event.registration is not None:
        return await _register(stage, event.registration)
    if event.decide is not None:
        return await _decide(stage, event.decide)
    if event.bulletin is not None:
        return await _handle(stage, event.bulletin)
    if event.read is not None:
        return [line async for line in _read(stage, event.read)]
    raise ValueError("an event of no kind")


async def _collect(stage: Stage, told: Collect) -> list[Line]:
    post, person = await stage.speaker_of(told.by)
    body = {"opens_at": stage.now.isoformat(), "contact_post": post, **told.fields}
    answer = await stage.speaker.post(person, "/v1/collections", body)
    about = await _about(stage, str(told.fields.get("kind", "")), "create", post, person)
    if not answer.is_success:
        return [refused(stage, answer, "发起收集", about)]
    seen = answer.json()
    stage.asked[told.case] = Asked(number=seen["id"], kind=seen["kind"]["code"], seen=seen)
    if not stage.engine_away:
        await stage.follow([seen["id"]])
    text = f"发起收集：{seen['title']}，{seen['due_text']}前报送，名单 {seen['expected']} 个单位"
    return [Line(at=stage.now, kind=Kind.OPENED, case=seen["id"], text=text, **about)]


async def _submit(stage: Stage, told: Submit) -> AsyncIterator[Line]:
    asked = stage.asked[told.case]
    async for unit in _meant(stage, asked, told):
        try:
            yield await _hand_in(stage, asked, unit, told)
        except Vacant as vacant:
            yield unheld(
                stage, vacant.post, case=asked.number, kind_of_case=asked.kind, unit=unit, step="submit"
            )


async def _meant(stage: Stage, asked: Asked, told: Submit | Read) -> AsyncIterator[str]:
    """The units that an event is about: those named, or all of the list but those left out."""
    for unit in told.units or [unit async for unit in _listed(stage, asked.number)]:
        if unit not in told.without:
            yield unit


async def _hand_in(stage: Stage, asked: Asked, unit: str, told: Submit) -> Line:
    post, person = await stage.speaker_of(stage.unit_posts[unit])
    kinds = asked.seen["kind"]["evidence"] if told.evidence is None else told.evidence
    content = told.content if told.content is not None else await _content(stage, asked, unit)
    body: dict[str, Any] = {
        "unit_id": unit,
        "is_zero": told.zero,
        "content": {} if told.zero else content,
        "evidence": await stage.speaker.cited(person, kinds),
    } | ({"reason": told.reason} if told.reason else {})
    answer = await stage.speaker.post(person, f"/v1/collections/{asked.number}/submissions", body)
    about = await _about(stage, asked.kind, "submit", post, person) | {"case": asked.number, "unit": unit}
    if not answer.is_success:
        return refused(stage, answer, "报送", about)
    return Line(at=stage.now, kind=Kind.SUBMITTED, text=_received(answer.json()), **about)


async def _register(stage: Stage, told: Registration) -> list[Line]:
    asked, (post, person) = stage.asked[told.case], await stage.speaker_of(told.by)
    kinds = (EvidenceKind.SCREENSHOT, *asked.seen["kind"]["evidence"])
    body: dict[str, Any] = {
        "unit_id": told.unit,
        "received_at": told.received_at.isoformat(),
        "is_zero": told.zero,
        "content": {} if told.zero else await _content(stage, asked, told.unit),
        "evidence": await stage.speaker.cited(person, kinds),
    }
    answer = await stage.speaker.post(person, f"/v1/collections/{asked.number}/registrations", body)
    about = await _about(stage, asked.kind, "register", post, person)
    about |= {"case": asked.number, "unit": told.unit}
    if not answer.is_success:
        return [refused(stage, answer, "代登记", about)]
    text = f"代登记（工作群 {spoken(told.received_at)}）：{_received(answer.json())}"
    return [Line(at=stage.now, kind=Kind.SUBMITTED, text=text, **about)]


async def _decide(stage: Stage, told: Decide) -> list[Line]:
    asked, (post, person) = stage.asked[told.case], await stage.speaker_of(told.by)
    path = f"/v1/collections/{asked.number}/actions/{told.do.value}"
    answer = await stage.speaker.post(person, path, told.fields)
    about = await _about(stage, asked.kind, told.do.value, post, person)
    about |= {"case": asked.number, "unit": told.fields.get("unit_id")}
    label = label_of(told.do)
    if not answer.is_success:
        return [refused(stage, answer, label, about)]
    return [Line(at=stage.now, kind=Kind.ACT, text=_said(label, told.fields), **about)]


async def _handle(stage: Stage, told: Handle) -> list[Line]:
    asked, (post, person) = stage.asked[told.case], await stage.speaker_of(told.by)
    about = await _about(stage, BULLETIN, told.do.value, post, person)
    about["case"] = number = await _bulletin(stage, asked.number, told.do)
    if number is None:
        return [Line(at=stage.now, kind=Kind.REFUSED, text=f"{told.do.label}：还没有这份通报", **about)]
    body: dict[str, Any] = dict(told.fields)
    if told.evidence:
        body["evidence"] = await stage.speaker.cited(person, told.evidence)
    answer = await stage.speaker.post(person, f"/v1/bulletins/{number}/actions/{told.do.value}", body)
    if not answer.is_success:
        return [refused(stage, answer, told.do.label, about)]
    return [_handled(stage, answer.json(), told, about)]


async def _read(stage: Stage, told: Read) -> AsyncIterator[Line]:
    asked = stage.asked[told.case]
    number = await _bulletin(stage, asked.number, BulletinAction.ISSUE)
    if number is None:
        about = {"kind_of_case": BULLETIN, "step": "read", "channel": API}
        yield Line(at=stage.now, kind=Kind.REFUSED, text="签收通报：还没有这份通报", **about)
        return
    async for unit in _meant(stage, asked, told):
        try:
            post, person = await stage.speaker_of(stage.unit_posts[unit])
        except Vacant as vacant:
            yield unheld(stage, vacant.post, case=number, kind_of_case=BULLETIN, unit=unit, step="read")
            continue
        about = await _about(stage, BULLETIN, "read", post, person) | {"case": number, "unit": unit}
        answer = await stage.speaker.post(person, f"/v1/bulletins/{number}/actions/read", {})
        if answer.is_success:
            yield Line(at=stage.now, kind=Kind.ACT, text="签收通报", **about)
        else:
            yield refused(stage, answer, "签收通报", about)


def _handled(stage: Stage, seen: Mapping[str, Any], told: Handle, about: dict[str, Any]) -> Line:
    """The line of a step with a bulletin; one that amends another is told as a correction once it is issued."""
    issued = told.do is BulletinAction.ISSUE
    kind = Kind.ACT if not issued else Kind.CORRECTION if seen["about"] else Kind.BULLETIN
    text = _said(told.do.label, told.fields)
    if issued:
        counts = seen["counts"]
        named = "、".join(f"{label} {counts[name]}" for name, label in _COUNTED.items() if name in counts)
        text = f"{text}：{seen['title']}（{seen['number']}），{named}"
    return Line(at=stage.now, kind=kind, text=text, **about)


async def _bulletin(stage: Stage, collection: str, do: BulletinAction) -> str | None:
    """Which bulletin about a collection is meant: the last drafted, or the first where an issued one is amended."""
    _, office = await stage.editor()
    answer = await stage.speaker.get(office, f"/v1/bulletins?collection={collection}")
    found = [one["id"] for one in answer.json()["items"]]
    if not found:
        return None
    return str(found[-1] if do in _ABOUT_ISSUED else found[0])


async def _listed(stage: Stage, number: str) -> AsyncIterator[str]:
    """The units that a collection asks, in the order of its list."""
    _, office = await stage.editor()
    cursor = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = await stage.speaker.get(office, f"/v1/collections/{number}/units?limit={_PAGE}{more}")
        page = answer.json()
        for one in page["items"]:
            yield one["unit_id"]
        cursor = page["next"]


async def _content(stage: Stage, asked: Asked, unit: str) -> dict[str, Any]:
    """A form of the collection's kind, filled in for a unit."""
    if asked.kind == "duty_roster":
        people = {
            who: {"name": "值守人员（示例）", "mobile": PLACEHOLDERS[who]} for who in ("duty", "leader")
        }
        whole = {"starts_at": asked.seen["covers_from"], "ends_at": asked.seen["covers_to"]}
        return {"landline": PLACEHOLDERS["landline"], "shifts": [whole | people]}
    if asked.kind == "rectification_report":
        hazards = [one async for one in _hazards(stage, unit)]
        return {"summary": "逐项整改，责任到人。", "hazards": hazards}
    return {}


async def _hazards(stage: Stage, unit: str) -> AsyncIterator[dict[str, str]]:
    """What a unit reports of each of its hazards."""
    _, office = await stage.editor()
    answer = await stage.speaker.get(office, f"/v1/hazards?unit={unit}&limit={_PAGE}")
    for one in answer.json()["items"]:
        done = not one["is_open"] or one["stage"] in {"verifying", "awaiting_closure"}
        yield {"id": one["id"], "state": "done" if done else "in_progress"}


def _received(seen: Mapping[str, Any]) -> str:
    standing = seen["standing"]
    late = f" {standing['late_minutes']} 分钟" if standing["late_minutes"] else ""
    version = f"（第 {seen['version']} 版）" if seen["version"] > 1 else ""
    return f"{standing['outcome_label']}{late}{version}"


def _said(label: str, fields: Mapping[str, Any]) -> str:
    said = [str(fields[name]) for name in ("reason", "until") if fields.get(name)]
    said += [str(one) for one in fields.get("reasons") or ()]
    return f"{label}：{'，'.join(said)}" if said else label


async def _about(stage: Stage, kind: str, step: str, post: str, person: str) -> dict[str, Any]:
    return {
        "kind_of_case": kind,
        "step": step,
        "post": post,
        "person": await stage.name(person),
        "channel": API,
    }
