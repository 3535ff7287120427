"""From what a client sent to a command that the rules understand: codes, posts and files are looked up here.

Invariant: whatever is named must exist and be visible to the asker; otherwise the refusal names the field.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from adapters.postgres.directory import Person
from domain import access, hazard
from domain.errors import Kind, Refused
from domain.evidence import Evidence
from domain.hazard import Action, Case, Command, Grade, claims
from domain.people import Role
from domain.requests import Request
from services.api import bodies
from services.api.deps import Services


def request_of(person: Person, key: str, route: str, content: object) -> Request:
    """The request's identity: caller, key, and the fingerprint of what was asked of which route."""
    return request_by(person.actor.person_id, key, route, content)


def request_by(principal: str, key: str, route: str, content: object) -> Request:
    """The same for whoever asks under another name than a person's."""
    body = content.model_dump(mode="json") if isinstance(content, BaseModel) else content
    text = json.dumps([route, body], ensure_ascii=False, sort_keys=True)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    return Request(principal=principal, key=key, fingerprint=fingerprint)


async def command_of(
    services: Services,
    person: Person,
    case: Case,
    action: Action,
    body: bodies.Act,
    request: Request,
    now: datetime,
) -> Command:
    """The command for an action on a case. Raises ``Refused`` naming the field that does not exist."""
    given: dict[str, Any] = {name: getattr(body, name) for name in type(body).model_fields}
    evidence = await evidence_of(services, person, given.pop("evidence"))
    if level := given.pop("level", None):
        given["grade"] = await grade_of(services, level, now)
    if post := given.get("post"):
        await _unit_post(services, case, post)
    if authority := given.get("closing_authority"):
        await _closing_post(services, authority)
    if into := given.get("into"):
        await _merge_target(services, person, case, into)
    if plan := given.get("plan"):
        given["plan"] = plan.model_dump()
    if until := given.get("until"):
        given["until"] = until.isoformat()
    if case.claim is not None:
        holders = await services.directory.holders(case.claim.post_id, now)
        given["lapsed"] = None if case.claim.person_id in holders else case.claim.person_id
        if successor := given.get("successor"):
            await _successor(services, case, successor, case.claim.post_id, now)
    if supervision := given.get("supervision"):
        given["supervision"] = hazard.Supervision(**supervision.model_dump())
    actor = person.actor.about(case.unit_id)
    return Command(action=action, request_id=request.id, actor=actor, evidence=evidence, **given)


async def evidence_of(services: Services, person: Person, cited: list[bodies.Cited]) -> tuple[Evidence, ...]:
    """The cited files with the hashes of their originals."""
    if not cited:
        return ()
    ids = {one.file_id for one in cited}
    units = access.visible_units("get_file", person.actor)
    known = await services.files.visible(ids, person.actor.person_id, units)
    if ids - set(known):
        raise unknown("file_unknown", "没有这个文件，请先上传", "evidence.file_id")
    return tuple(
        Evidence(kind=one.kind, file_id=one.file_id, sha256=known[one.file_id].sha256) for one in cited
    )


async def grade_of(services: Services, level: str, now: datetime) -> Grade:
    """The level with this code."""
    grade = await services.dictionary.grade(level, now)
    if grade is None:
        raise unknown("level_unknown", "没有这个隐患等级", "level")
    return grade


def unknown(code: str, message: str, field: str) -> Refused:
    """The refusal for something named in the body that does not exist: a conflict with the directory."""
    return Refused(Kind.CONFLICT, code, message, field=field)


async def _unit_post(services: Services, case: Case, post_id: str) -> None:
    post = await services.directory.post(post_id)
    if post is None or not post.role.of_unit or post.unit_id != case.unit_id:
        raise unknown("post_unknown", "该单位没有这个岗位", "post")


async def _successor(services: Services, case: Case, person_id: str, post_id: str, now: datetime) -> None:
    """Whoever takes a claim over holds its post now, and judges nothing of the own unit."""
    found = await services.directory.person(person_id, now)
    if found is None or post_id not in {held.post_id for held in found.actor.holdings}:
        raise unknown("successor_unknown", "该岗位没有这名在任者", "successor")
    if case.stage not in claims.OF_UNIT and case.unit_id in found.actor.unit_ids:
        raise Refused(Kind.NOT_ALLOWED, "separation_of_duties", "接手人属于被检查单位，须由他人办理")


async def _closing_post(services: Services, post_id: str) -> None:
    post = await services.directory.post(post_id)
    if post is None or post.role is not Role.LEADER:
        raise unknown("post_unknown", "没有这个销号岗位", "closing_authority")


async def _merge_target(services: Services, person: Person, case: Case, into: str) -> None:
    target = await services.read_model.case(into, access.visible_units("get_hazard", person.actor))
    if target is None or target.id == case.id or target.unit_id != case.unit_id or not target.stage.is_open:
        raise unknown("merge_target_unknown", "并入的案号须为同一单位的另一件在办隐患", "into")
    if case.major and not target.major:
        raise unknown("merge_target_general", "重大隐患不得并入一般隐患", "into")
