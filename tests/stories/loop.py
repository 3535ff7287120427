"""The usual steps of the loop through HTTP, so that a story begins where it becomes interesting."""

from typing import Any, Final

from tests.harness import Json, World

FINDER: Final = "p-team1a"
CHECKER: Final = "p-team1b"
OFFICE: Final = "p-office"
DEPUTY: Final = "p-deputy"
STAFF: Final = "p-ec01-safety"
HEAD: Final = "p-ec01-head"
BY_ROLE: Final = {
    "unit_staff": STAFF,
    "unit_head": HEAD,
    "inspector": CHECKER,
    "office": OFFICE,
    "leader": DEPUTY,
    "oversight": "p-oversight",
    "member": "p-relief",
}
PLAN: Final = {
    "responsibility": "院长负责",
    "measures": "拆除彩钢板",
    "funds": "专项资金八万元",
    "time_limit": "三十日内",
    "emergency_plan": "转移住养老人",
}
SUPERVISION: Final = {"level": "区级", "organ": "区安委会", "document_number": "安督〔2026〕1号"}

_BODY: Final[dict[str, Json]] = {
    "confirm": {},
    "dismiss": {"reason": "现场核实无此隐患"},
    "transfer": {"reason": "属燃气主管部门职责", "department": "区住建局", "receipt_number": "收字1号"},
    "merge": {"reason": "同一处"},
    "regrade": {"reason": "现场复核", "level": "major"},
    "assign": {"post": "ec01-safety"},
    "reassign": {"post": "ec01-head", "reason": "安全员出差"},
    "plan": {"plan": PLAN},
    "control": {"note": "已封闭该区域并设专人看守"},
    "start": {},
    "submit": {"note": "货架已移走"},
    "pass": {"note": "现场复查合格"},
    "return": {"reason": "出口仍有杂物"},
    "close": {"note": "同意销号"},
    "reopen": {"reason": "回访发现复发"},
    "supervise": {"supervision": SUPERVISION},
    "lift_supervision": {"reason": "整改到位"},
    "suspend_use": {"reason": "存在重大危险"},
    "resume_use": {"reason": "危险已排除"},
    "note": {"note": "已联系施工队"},
    "extend": {"reason": "防火门须定制"},
    "grant_extension": {},
    "deny_extension": {"reason": "可先行清理"},
    "pause": {"reason": "等待消防部门认定"},
    "defer": {"reason": "供暖期内不宜停炉"},
    "resume": {"reason": "认定已完成"},
    "acknowledge": {},
    "reply": {"note": "已约谈责任人"},
    "claim": {},
    "release": {"note": "今日另有任务"},
    "hand_over": {"successor": STAFF},
}
_EVIDENCE: Final = {
    "plan": "plan",
    "submit": "after_photo",
    "pass": "signature",
    "close": "closure_document",
    "transfer": "receipt",
    "extend": "extension",
}


def body_without_evidence(action: str) -> Json:
    """What an action needs besides files."""
    more = {"until": "2026-12-31"} if action in ("extend", "defer") else {}
    other = {"into": "YH-2026-999998"} if action == "merge" else {}
    return _BODY[action] | more | other | ({"slip": "DB-2026-000001-01"} if action == "reply" else {})


async def body(world: World, person: str, action: str, **more: Any) -> Json:
    """Everything that an action needs, evidence included."""
    kinds = [_EVIDENCE[action]] if action in _EVIDENCE else []
    evidence = {"evidence": await world.cite(person, *kinds)} if kinds else {}
    return _BODY[action] | evidence | more


async def do(world: World, person: str, number: str, action: str, **more: Any) -> Json:
    """An action that is allowed, with all that it needs."""
    return await world.must(person, number, action, **await body(world, person, action, **more))


async def try_(world: World, person: str, number: str, action: str, **more: Any) -> tuple[int, Json]:
    """Status and answer of an action, with all that it needs."""
    response = await world.act(person, number, action, **await body(world, person, action, **more))
    told: Json = response.json()
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, told


async def to(world: World, stage: str, *, major: bool = False, by: str = STAFF, **report: Any) -> str:
    """The number of a new case that was brought to ``stage``; ``by`` rectified it."""
    level = "major" if major else "general"
    number: str = (await world.report(FINDER, level=level, **report))["id"]
    ends = {"dismissed": "dismiss", "transferred": "transfer", "merged": "merge"}
    if stage in ends:
        other = {"into": (await world.report(FINDER, level=level))["id"]} if stage == "merged" else {}
        await do(world, OFFICE, number, ends[stage], **other)
        return number
    steps = [("confirmed", FINDER, "confirm"), ("assigned", OFFICE, "assign")]
    steps += [("assigned", HEAD, "plan"), ("assigned", by, "control")] if major else []
    steps += [("rectifying", by, "start"), ("verifying", by, "submit")]
    steps += [("awaiting_closure" if major else "closed", CHECKER, "pass"), ("closed", DEPUTY, "close")]
    order = ["reported", "confirmed", "assigned", "rectifying", "verifying", "awaiting_closure", "closed"]
    for after, person, action in steps:
        if order.index(after) <= order.index(stage) and not (action == "close" and not major):
            await do(world, person, number, action)
    return number


async def timeline(world: World, number: str, person: str = OFFICE, limit: int = 7) -> list[Json]:
    """The whole timeline, ``limit`` lines a page."""
    lines: list[Json] = []
    cursor: str | None = "0"
    while cursor is not None:
        response = await world.get(person, f"/v1/hazards/{number}/timeline", cursor=cursor, limit=limit)
        assert response.status_code == 200, response.text
        page = response.json()
        lines += page["items"]
        cursor = page["next"]
    return lines
