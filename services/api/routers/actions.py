"""Actions on a hazard: one route per action, all by the same path through the workflow.

Invariant: an answer means that the change is on record, and the first answer to a key is the answer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from adapters.postgres.directory import Person
from domain import hazard
from domain.errors import Refused, Temporary
from domain.hazard import Action, Case, Command
from domain.requests import Answer, Request
from services.api import bodies, responses, timing_bodies, views
from services.api.commands import command_of, request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.problems import refusal, respond
from services.api.routers.hazards import REPLAYED, HazardId, visible_case

router = APIRouter(prefix="/v1/hazards", tags=["办理"], route_class=Door)


BODIES: Final[dict[Action, type[bodies.Act]]] = {
    Action.CONFIRM: bodies.Confirm,
    Action.DISMISS: bodies.Reasoned,
    Action.TRANSFER: bodies.Transfer,
    Action.MERGE: bodies.Merge,
    Action.REGRADE: bodies.Regrade,
    Action.ASSIGN: bodies.Assign,
    Action.REASSIGN: bodies.Reassign,
    Action.PLAN: bodies.Plan,
    Action.CONTROL: bodies.Noted,
    Action.START: bodies.Start,
    Action.SUBMIT: bodies.Noted,
    Action.PASS: bodies.Noted,
    Action.RETURN: bodies.Reasoned,
    Action.CLOSE: bodies.Noted,
    Action.REOPEN: bodies.Reopen,
    Action.EXTEND: timing_bodies.Extend,
    Action.GRANT_EXTENSION: timing_bodies.GrantExtension,
    Action.DENY_EXTENSION: bodies.Reasoned,
    Action.PAUSE: bodies.Reasoned,
    Action.DEFER: timing_bodies.Defer,
    Action.RESUME: bodies.Reasoned,
    Action.ACKNOWLEDGE: timing_bodies.Acknowledge,
    Action.REPLY: timing_bodies.Reply,
    Action.SUPERVISE: bodies.Supervise,
    Action.LIFT_SUPERVISION: bodies.Reasoned,
    Action.SUSPEND_USE: bodies.Reasoned,
    Action.RESUME_USE: bodies.Reasoned,
    Action.NOTE: bodies.Noted,
    Action.CLAIM: bodies.Start,
    Action.RELEASE: bodies.Start,
    Action.HAND_OVER: bodies.HandOver,
}


async def perform(
    services: Services, person: Person, hazard_id: str, action: Action, body: bodies.Act, key: str
) -> JSONResponse:
    """Bring one action to its case and answer as a client reads it."""
    answer, is_new = await decide(services, person, hazard_id, action, body, key)
    return respond(answer, headers=None if is_new else REPLAYED)


async def decide(
    services: Services,
    person: Person,
    hazard_id: str,
    action: Action,
    body: bodies.Act,
    key: str,
    bulk: str | None = None,
) -> tuple[Answer, bool]:
    """Bring one action to its case, as an item of ``bulk`` where that is named; a refusal is an answer too, and is kept.

    Gives the answer, and whether it is new. Raises ``Refused`` for a case that the person may not see.
    """
    now = services.clock()
    case = await visible_case(services, person, hazard_id)
    request = request_of(person, key, f"{hazard_id}/{action.value}", body)
    if earlier := await services.requests.claim(request, now):
        return earlier, False
    try:
        hazard.check_role(case, action, person.actor)
        command = await command_of(services, person, case, action, body, request, now)
        command = replace(command, bulk=bulk, channel="bulk" if bulk else command.channel)
        answer = await _decided(services, person, case, command, request, now)
    except Refused as refused:
        answer = await _on_record(services, person, case, request, now) or refusal(refused)
    await services.requests.answer(request, answer)
    return answer, True


async def _on_record(
    services: Services, person: Person, case: Case, request: Request, now: datetime
) -> Answer | None:
    """The answer to a request whose first attempt was put on record but never answered, if this is one.

    What made it right then may be gone by now, so a second attempt may well be refused; but what is on record is done.
    """
    if not await services.read_model.has(case.id, request.id):
        return None
    return _rendered(await visible_case(services, person, case.id), person, now)


def _rendered(after: Case, person: Person, now: datetime) -> Answer:
    return Answer(status=200, body=views.case_view(after, person.actor, now).model_dump(mode="json"))


async def _decided(
    services: Services, person: Person, case: Case, command: Command, request: Request, now: datetime
) -> Answer:
    def render(after: Case) -> Answer:
        return _rendered(after, person, now)

    if command.action is Action.REOPEN:
        filed = await services.intake.reopen(case.id, command, request, now, render)
        if filed.case is not None:
            await services.engine.start(filed.case)
        return filed.answer
    try:
        await services.engine.act(case.id, command)
    except Refused as refused:
        if refused.code != "not_running":
            raise
        await _explain(services, person, case.id, command, now)
    return render(await visible_case(services, person, case.id))


async def _explain(services: Services, person: Person, case_id: str, command: Command, now: datetime) -> None:
    """Why there is no running workflow: the case has ended (a refusal), or is still to be started (try again)."""
    case = await visible_case(services, person, case_id)
    if command.request_id in case.recent_requests:
        return
    hazard.check(case, command, now)
    await services.engine.start(case)
    raise Temporary("engine")


def _endpoint(action: Action, model: type[bodies.Act]) -> Callable[..., Awaitable[JSONResponse]]:
    async def endpoint(
        hazard_id: HazardId,
        body: model,  # type: ignore[valid-type]  # each action has its own model
        person: Caller,
        services: Wired,
        key: IdempotencyKey,
    ) -> JSONResponse:
        return await perform(services, person, hazard_id, action, body, key)

    return endpoint


for _action, _model in BODIES.items():
    router.add_api_route(
        f"/{{hazard_id}}/actions/{_action.value}",
        _endpoint(_action, _model),
        methods=["POST"],
        summary=_action.label,
        description=responses.description(_action),
        operation_id=f"{_action.value}_hazard",
        response_model=views.HazardView,
        responses=responses.of_action(_action),
    )
