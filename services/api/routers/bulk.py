"""Bulk acts (批量办理): one act on up to a thousand hazards, each judged by itself, answered item by item.

Invariant: an item is exactly the act on its hazard, under a key made from the bulk's: it is done once however often the bulk is
sent, its answer stays, and nothing about it (visibility, roles, separation of duties, evidence) is judged otherwise.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Final, Literal, TypeVar

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, create_model

from adapters.postgres.directory import Person
from domain.access import BULK, of_bulk
from domain.errors import Refused
from domain.hazard import Action
from domain.requests import Answer
from services.api import bodies, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.patterns import HazardId
from services.api.problems import ComeBack, refusal, respond
from services.api.routers.actions import BODIES, decide
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/hazards/bulk", tags=["办理"], route_class=Door)

MOST: Final = 1000
"""Hazards of one bulk act."""

AT_ONCE: Final = 6
"""Items that are worked on at once: the engine has others to serve."""

PATIENCE: Final = 20.0
"""Seconds after which a bulk that is not done is answered 503; sent again with the same key it goes on."""

T = TypeVar("T")


class BulkBody(BaseModel):
    """Which hazards."""

    model_config = ConfigDict(extra="forbid")

    hazards: list[HazardId] = Field(min_length=1, max_length=MOST, description="案号，至多一千件，不得重复")


class ItemView(BaseModel):
    """What became of one item."""

    hazard_id: str = Field(description="案号")
    outcome: Literal["ok", "skipped"] = Field(description="ok 已办理、skipped 未办理")
    code: str | None = Field(description="未办理的原因代码；已办理为 null")
    reason: str | None = Field(description="未办理的原因；已办理为 null")


class BulkView(BaseModel):
    """What became of a bulk act."""

    ok: int = Field(description="已办理的件数")
    skipped: int = Field(description="未办理的件数")
    items: list[ItemView] = Field(description="逐件结果，按所列次序")


async def perform(
    services: Services, person: Person, action: Action, hazards: list[str], body: bodies.Act, key: str
) -> JSONResponse:
    """Bring an action to every hazard; what is done already under this key is not done again."""
    content = {"hazards": hazards, "act": body.model_dump(mode="json")}
    request = request_of(person, key, of_bulk(action), content)
    if earlier := await services.requests.claim(request, services.clock()):
        return respond(earlier, headers=REPLAYED)
    bulk_id = _digest(request.id)

    async def one(hazard_id: str) -> ItemView:
        return await _item(services, person, action, hazard_id, body, bulk_id)

    items = await _in_time([lambda each=each: one(each) for each in dict.fromkeys(hazards)])  # type: ignore[misc]
    await services.digests.write(bulk_id, services.clock())
    ok = sum(item.outcome == "ok" for item in items)
    view = BulkView(ok=ok, skipped=len(items) - ok, items=items)
    answer = Answer(status=200, body=view.model_dump(mode="json"))
    await services.requests.answer(request, answer)
    return respond(answer)


async def _in_time(calls: list[Callable[[], Awaitable[T]]]) -> list[T]:
    """What comes of every call, a few at a time. Raises ``ComeBack`` when the time is over before all are made."""
    until = asyncio.get_running_loop().time() + PATIENCE
    room = asyncio.Semaphore(AT_ONCE)

    async def made(call: Callable[[], Awaitable[T]]) -> T:
        async with room:
            if asyncio.get_running_loop().time() >= until:
                raise ComeBack("bulk_unfinished")
            return await call()

    done = await asyncio.gather(*(made(call) for call in calls), return_exceptions=True)
    results = [one for one in done if not isinstance(one, BaseException)]
    if failed := next((one for one in done if isinstance(one, BaseException)), None):
        raise failed
    return results


async def _item(
    services: Services, person: Person, action: Action, hazard_id: str, body: bodies.Act, bulk_id: str
) -> ItemView:
    try:
        answer, _ = await decide(
            services, person, hazard_id, action, body, f"{bulk_id}.{hazard_id}", bulk=bulk_id
        )
    except Refused as refused:
        answer = refusal(refused)
    done = answer.status < 400
    return ItemView(
        hazard_id=hazard_id,
        outcome="ok" if done else "skipped",
        code=None if done else answer.body["code"],
        reason=None if done else answer.body["title"],
    )


def _digest(request_id: str) -> str:
    return f"bulk-{hashlib.sha256(request_id.encode()).hexdigest()[:32]}"


@cache
def _model(act: type[bodies.Act]) -> type[BulkBody]:
    """The body of a bulk act: which hazards, and what is said of each."""
    fields: dict[str, Any] = {"act": (act, Field(description="对每一件办理的内容，同单件办理"))}
    made = create_model(f"Bulk{act.__name__}", __base__=BulkBody, __doc__="Many hazards, one act.", **fields)
    told: Any = act.model_config["json_schema_extra"]
    made.model_config = bodies.like(hazards=["YH-2026-000123", "YH-2026-000124"], act=told["examples"][0])
    made.model_rebuild(force=True)
    return made


def _endpoint(action: Action, model: type[BulkBody]) -> Callable[..., Awaitable[JSONResponse]]:
    async def endpoint(
        body: model,  # type: ignore[valid-type]  # each action has its own model
        person: Caller,
        services: Wired,
        key: IdempotencyKey,
    ) -> JSONResponse:
        given: Any = body
        return await perform(services, person, action, given.hazards, given.act, key)

    return endpoint


for _action in BULK:
    router.add_api_route(
        f"/{_action.value}",
        _endpoint(_action, _model(BODIES[_action])),
        methods=["POST"],
        summary=f"批量{_action.label}",
        description=f"{responses.description(_action)}逐件判断，逐件答复已办理或未办理及原因；同一幂等键可中断后继续。",
        operation_id=of_bulk(_action),
        response_model=BulkView,
        responses=responses.BULK,
    )
