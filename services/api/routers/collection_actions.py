"""Decisions about a collection: one route per action, decided under the lock of its record.

Invariant: an answer means that the decision is on record, and the first answer to a key is the answer.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from adapters.postgres.directory import Person
from domain.collection import Action, Collection, Decision
from domain.requests import Answer
from services.api import collection_bodies as bodies
from services.api import collection_responses as answers
from services.api import collection_views as views
from services.api.bodies import Reasoned
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.parameters import utc
from services.api.planning import by_of, held
from services.api.problems import respond
from services.api.routers.collections import CollectionId, visible
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/collections", tags=["限时收集"], route_class=Door)

BODIES: Final[dict[Action, type[BaseModel]]] = {
    Action.EXTEND: bodies.ExtendUnit,
    Action.EXEMPT: bodies.OneUnit,
    Action.RETURN: bodies.ReturnUnit,
    Action.ACCEPT: bodies.AcceptUnit,
    Action.CANCEL: Reasoned,
}


async def decide(
    services: Services, person: Person, collection_id: str, action: Action, body: BaseModel, key: str
) -> JSONResponse:
    """Bring one decision to its collection."""
    operation, now = f"{action.value}_collection", services.clock()
    holding = held(person, operation)
    await visible(services, person, operation, collection_id)
    request = request_of(person, key, f"{collection_id}/{action.value}", body)

    def render(collection: Collection) -> Answer:
        view = views.collection_view(collection)
        return Answer(status=200, body=view.model_dump(mode="json"))

    acted = await services.collecting.acts.act(
        collection_id,
        _decision(action, body),
        person.actor,
        by_of(person, holding, request.id),
        request,
        now,
        render,
    )
    if acted.collection is None:
        return respond(acted.answer, headers=REPLAYED)
    if acted.look:
        await services.engine.look(collection_id)
    return respond(acted.answer)


def _decision(action: Action, body: BaseModel) -> Decision:
    given: dict[str, Any] = {
        name: value
        for name in ("unit_id", "reason", "until", "reasons")
        if (value := getattr(body, name, None)) is not None
    }
    if "until" in given:
        given["until"] = utc(given["until"])
    if "reasons" in given:
        given["reasons"] = tuple(given["reasons"])
    return Decision(action=action, **given)


def _endpoint(action: Action, model: type[BaseModel]) -> Callable[..., Awaitable[JSONResponse]]:
    async def endpoint(
        collection_id: CollectionId,
        body: model,  # type: ignore[valid-type]  # each action has its own model
        person: Caller,
        services: Wired,
        key: IdempotencyKey,
    ) -> JSONResponse:
        return await decide(services, person, collection_id, action, body, key)

    return endpoint


for _action, _model in BODIES.items():
    router.add_api_route(
        f"/{{collection_id}}/actions/{_action.value}",
        _endpoint(_action, _model),
        methods=["POST"],
        summary=_action.label,
        description=f"{_action.label}。只在截止以前办理。",
        operation_id=f"{_action.value}_collection",
        response_model=views.CollectionView,
        responses=answers.DECIDE,
    )
