"""Actions on a bulletin: one route per action, and taking note of it.

Invariant: an answer means that the step is on record, and the first answer to a key is the answer.
"""

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from adapters.postgres.directory import Person
from domain import access
from domain import bulletin as rules
from domain.bulletin import Action, Bulletin, Command, Ruling
from domain.collection import Frozen
from domain.errors import Refused, Temporary
from domain.requests import Answer, Request
from services.api import bulletin_bodies, bulletin_responses, bulletin_views
from services.api.bulletin_bodies import BODIES, BulletinAct
from services.api.commands import evidence_of, request_of, unknown
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.problems import refusal, respond
from services.api.routers.bulletins import BulletinId, visible
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/bulletins", tags=["通报"], route_class=Door)


async def perform(
    services: Services, person: Person, bulletin_id: str, action: Action, body: BulletinAct, key: str
) -> JSONResponse:
    """Bring one action to its bulletin; a refusal by the rules is an answer too, and is kept."""
    now = services.clock()
    found = await visible(services, person, bulletin_id)
    request = request_of(person, key, f"{bulletin_id}/{action.value}", body)
    if earlier := await services.requests.claim(request, now):
        return respond(earlier, headers=REPLAYED)
    try:
        if request.id not in found.recent_requests:
            rules.check_open(found, action, person.actor)
        command = await _command(services, person, found, action, body, request, now)
        after = await _done(services, found, command, now)
        view = bulletin_views.view(after, person.actor)
        answer = Answer(status=200, body=view.model_dump(mode="json"))
    except Refused as refused:
        answer = refusal(refused)
    await services.requests.answer(request, answer)
    await _woken(services)
    return respond(answer)


async def _done(services: Services, found: Bulletin, command: Command, now: datetime) -> Bulletin:
    if command.action is Action.ISSUE:
        return await services.bulletins.issue.issue(found.id, command, now, services.bulletins.papers.stored)
    if command.action in (Action.CORRECT, Action.SUPPLEMENT):
        return await services.bulletins.record.draft_about(found.id, command, now)
    return await services.bulletins.record.act(found.id, command, now)


async def _woken(services: Services) -> None:
    """Tell the clock that something changed; if the engine is away it looks by itself when it is back."""
    with contextlib.suppress(Temporary, Refused):
        await services.gateway.wake_bulletin_clock()


async def _command(
    services: Services,
    person: Person,
    found: Bulletin,
    action: Action,
    body: BulletinAct,
    request: Request,
    now: datetime,
) -> Command:
    given = {name: getattr(body, name) for name in type(body).model_fields}
    evidence = await evidence_of(services, person, given.pop("evidence", []))
    units = given.pop("units", None)
    if given.get("demands") is not None:
        given["demands"] = tuple(given["demands"])
    command = Command(action=action, request_id=request.id, actor=person.actor, evidence=evidence, **given)
    if units is None:
        return command
    frozen = await services.bulletins.reading.frozen(found.collection_id)
    ruled = _rulings(frozen, found, units, now)
    return Command(**vars(command) | {"rulings": ruled})


def _rulings(
    frozen: Frozen,
    found: Bulletin,
    units: list[bulletin_bodies.CorrectedUnit | bulletin_bodies.SupplementedUnit],
    now: datetime,
) -> tuple[Ruling, ...]:
    """What is said of each unit. Raises ``Refused`` naming the field."""
    listed = rules.naming.by_unit(rules.naming.standings_of(frozen, found))
    ruled: dict[str, Ruling] = {}
    for unit in units:
        standing = listed.get(unit.unit_id)
        if standing is None or unit.unit_id in ruled:
            raise unknown("unit_unknown", "名单上没有这个单位，或写了两次", "units.unit_id")
        if isinstance(unit, bulletin_bodies.CorrectedUnit):
            ruling = rules.rulings.corrected(frozen, standing, unit.outcome, unit.received_at, unit.reason)
        else:
            ruling = rules.rulings.supplemented(frozen, standing, unit.received_at, unit.reason, now)
        ruled[unit.unit_id] = ruling
    return tuple(ruled.values())


def _endpoint(action: Action, model: type[BulletinAct]) -> Callable[..., Awaitable[JSONResponse]]:
    async def endpoint(
        bulletin_id: BulletinId,
        body: model,  # type: ignore[valid-type]  # each action has its own model
        person: Caller,
        services: Wired,
        key: IdempotencyKey,
    ) -> JSONResponse:
        return await perform(services, person, bulletin_id, action, body, key)

    return endpoint


for _action, _model in BODIES.items():
    router.add_api_route(
        f"/{{bulletin_id}}/actions/{_action.value}",
        _endpoint(_action, _model),
        methods=["POST"],
        summary=f"通报：{_action.label}",
        description=bulletin_responses.description(_action),
        operation_id=f"{_action.value}_bulletin",
        response_model=bulletin_views.BulletinView,
        responses=bulletin_responses.ACT,
    )


@router.post(
    "/{bulletin_id}/actions/read",
    summary="通报：签收",
    operation_id="read_bulletin",
    responses=bulletin_responses.ACT,
    response_model=list[bulletin_views.ReaderView],
)
async def read(bulletin_id: BulletinId, person: Caller, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """本单位签收一份通报；签收后不再催阅，已排队的催阅也随之作废。重复签收以第一次为准。"""
    now = services.clock()
    await visible(services, person, bulletin_id)
    request = request_of(person, key, f"{bulletin_id}/read", None)
    if earlier := await services.requests.claim(request, now):
        return respond(earlier, headers=REPLAYED)
    try:
        answer = Answer(status=200, body=await _taken_note(services, person, bulletin_id, now))
    except Refused as refused:
        answer = refusal(refused)
    await services.requests.answer(request, answer)
    return respond(answer)


async def _taken_note(services: Services, person: Person, bulletin_id: str, now: datetime) -> object:
    reading, units = services.bulletins.reading, access.visible_units("read_bulletin", person.actor)
    reached = sorted(units or ())
    holding = next((held for held in person.actor.holdings if held.unit_id in reached), None)
    if holding is None:
        raise access.refusal("read_bulletin")
    posts = await reading.posts_of(bulletin_id, reached)
    await reading.acknowledge(bulletin_id, posts, person.actor.person_id, holding.post_id, now)
    rows = await reading.audience(bulletin_id, reached, read=None, after="", limit=100)
    return [bulletin_views.ReaderView(**row).model_dump(mode="json") for row in rows]
