"""Actions on a hazard: one route per action, all by the same path through the workflow.

Invariant: an answer means that the change is on record, and the first answer to a key is the answer.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from adapters.postgres.acts import Stood
from adapters.postgres.directory import Person
from domain import access, hazard
from domain.errors import Refused, Temporary
from domain.hazard import Action, Case, Command
from domain.requests import Answer, Request
from services.api import bodies, responses, timing_bodies, views
from services.api.commands import command_of, request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.problems import refusal, respond
from services.api.routers.hazards import REPLAYED, HazardId, unknown_hazard, visible_case

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
    request = request_of(person, key, f"{hazard_id}/{action.value}", body)
    taken = await services.acts.take_up(hazard_id, _visible(person), request, now)
    if taken is None:
        raise unknown_hazard()
    if taken.earlier:
        return taken.earlier, False
    if taken.stood:
        return await _again(services, person, request, taken.stood), False
    try:
        hazard.check_role(taken.case, action, person.actor)
        command = await command_of(services, person, taken.case, action, body, request, now)
        command = replace(command, bulk=bulk, channel="bulk" if bulk else command.channel)
        return await _decided(services, person, taken.case, command, request, now), True
    except Refused as refused:
        # what made the first attempt right may be gone by now; but what is on record is done
        if stood := await services.acts.stood(hazard_id, request):
            return await _again(services, person, request, stood), True
        await services.requests.answer(request, refusal(refused))
        return refusal(refused), True


async def _again(services: Services, person: Person, request: Request, stood: Stood) -> Answer:
    """The answer to a request that is on record, as it was or would have been given then."""
    answer = _rendered(stood.case, person, stood.asked_at)
    await services.requests.answer(request, answer)
    return answer


def _visible(person: Person) -> Iterable[str] | None:
    return access.visible_units("get_hazard", person.actor)


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
    answer = await services.acts.answered(case.id, _visible(person), request, now, render)
    if answer is None:
        raise unknown_hazard()
    return answer


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
