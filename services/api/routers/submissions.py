"""Submitting to a collection, and registering what came by the group; reading what was submitted.

Invariant: the service's clock decides; the answer means that the submission is on record under its key.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from adapters.postgres.collections import unknown as no_collection
from adapters.postgres.directory import Person
from adapters.postgres.submissions import Facts, Overtaken, Turn
from domain import access
from domain import collection as rules
from domain.errors import Kind, Refused, Temporary
from domain.evidence import Evidence, EvidenceKind
from domain.people import Holding
from domain.requests import Answer
from services.api import collection_responses as answers
from services.api import patterns
from services.api import submission_views as views
from services.api.collection_bodies import RegistrationBody, SubmissionBody
from services.api.commands import request_of, unknown
from services.api.deps import Caller, IdempotencyKey, Limit, Services, Wired
from services.api.door import Door
from services.api.handing_in import handed_in, papers
from services.api.problems import respond
from services.api.routers.collections import CollectionId, visible
from services.api.routers.hazards import REPLAYED
from services.api.views import Page

router = APIRouter(prefix="/v1/collections", tags=["限时收集"], route_class=Door)

_ATTEMPTS = 3
"""How often a submission is judged anew because another one of the same unit came first."""


@router.post(
    "/{collection_id}/submissions",
    status_code=201,
    summary="报送",
    operation_id="submit_to_collection",
    response_model=views.ReceiptView,
    responses=answers.SUBMIT,
)
async def submit(
    collection_id: CollectionId, body: SubmissionBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """报送本单位的材料。按服务器时钟判定按时、迟报；截止后一律不收。已报送的再次报送为更正，须写明理由。"""
    return await _hand_in(services, person, "submit_to_collection", collection_id, body, key)


@router.post(
    "/{collection_id}/registrations",
    status_code=201,
    summary="代登记工作群的报送",
    operation_id="register_submission",
    response_model=views.ReceiptView,
    responses=answers.SUBMIT,
)
async def register(
    collection_id: CollectionId, body: RegistrationBody, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """代登记单位发在工作群的材料：以消息本身的时间判定是否按时，须附截图；截止后不再登记。"""
    return await _hand_in(services, person, "register_submission", collection_id, body, key)


@router.get(
    "/{collection_id}/submissions",
    summary="报送的材料",
    operation_id="list_submissions",
    responses=answers.READ_ONE,
)
async def list_submissions(
    collection_id: CollectionId,
    person: Caller,
    services: Wired,
    unit: Annotated[str | None, Query(pattern=patterns.CODE, description="单位")] = None,
    cursor: Annotated[str | None, Query(pattern=patterns.VERSION_CURSOR, description="上一页的 next")] = None,
    limit: Limit = 20,
) -> Page[views.SubmissionView]:
    """本人可见单位报送的各版材料，按单位与版次。"""
    await visible(services, person, "list_submissions", collection_id)
    units = access.visible_units("list_submissions", person.actor)
    at, _, version = (cursor or "~0").rpartition("~")
    found = await services.collecting.lists.submissions(
        collection_id, units, unit, (at, int(version)), limit + 1
    )
    items = [views.submission_view(one, review) for one, review in found[:limit]]
    more = f"{items[-1].unit_id}~{items[-1].version}" if len(found) > limit else None
    return Page(items=items, next=more)


async def _hand_in(
    services: Services, person: Person, operation: str, collection_id: str, body: SubmissionBody, key: str
) -> JSONResponse:
    unit_id, holding = _for_unit(person, operation, body.unit_id)
    request = request_of(person, key, f"{collection_id}/{operation}", body)
    sealed = any(one.kind is EvidenceKind.ESEAL for one in body.evidence)
    if sealed and (earlier := await services.requests.earlier(request)):
        # what is on record is answered again, whatever the verifier says by now
        return respond(earlier, headers=REPLAYED)
    evidence = await papers(services, person, unit_id, body)
    submissions = services.collecting.submissions
    for _ in range(_ATTEMPTS):
        try:
            async with submissions.turn(collection_id, unit_id, request) as turn:
                if turn.facts is None:
                    break
                if turn.facts.earlier is not None:
                    return respond(turn.facts.earlier, headers=REPLAYED)
                by = (person.actor.person_id, holding, request.id)
                answer, was_last = await _record(services, turn, turn.facts, body, evidence, by, operation)
        except Overtaken:
            continue
        if was_last:
            await _tell_if_complete(services, collection_id)
        return respond(answer)
    else:
        raise Temporary("database")
    raise await _not_asked(services, person, collection_id)


async def _record(
    services: Services,
    turn: Turn,
    facts: Facts,
    body: SubmissionBody,
    evidence: tuple[Evidence, ...],
    by: tuple[str, Holding, str],
    operation: str,
) -> tuple[Answer, bool]:
    """Judge and write; gives the answer, and whether the unit is outstanding no longer."""
    collection, before, now = facts.collection, facts.member, services.clock()
    rules.check_window(collection, now)
    handed = await handed_in(turn, facts, body, evidence)
    submitted = rules.submit(collection, before, handed.given, *by, now)
    submission = submitted.submission
    view = views.receipt_view(submission, submitted.member, collection.window)
    answer = Answer(status=201, body=view.model_dump(mode="json"))
    duty = handed.sealed(services, f"{collection.id}/{submission.unit_id}/{submission.version}")
    if not await turn.write(submitted, before, duty, answer, f"{operation}/{collection.id}"):
        raise Refused(Kind.WRONG_STAGE, "after_cut_off", "名单已固定，不再接收报送", stage="ended")
    was_outstanding = rules.outstanding(before, review=collection.kind.review)
    return answer, was_outstanding and not submitted.outstanding


async def _tell_if_complete(services: Services, collection_id: str) -> None:
    """Tell the workflow where the last one has arrived; PostgreSQL says who that was, behind its commit."""
    if await services.collecting.submissions.is_complete(collection_id):
        # noted first, so that the relay tells the workflow if this process cannot
        await services.collecting.record.want(collection_id, services.clock())
        await services.engine.look(collection_id)


def _for_unit(person: Person, operation: str, unit_id: str | None) -> tuple[str, Holding]:
    """The unit that is meant and the post by which it is acted for. Raises ``Refused`` naming the field."""
    access.check(operation, person.actor)
    if unit_id is None:
        own = access.visible_units(operation, person.actor) or frozenset()
        if len(own) != 1:
            raise Refused(Kind.INVALID, "fields_missing", "须写明是哪个单位", fields=["unit_id"])
        unit_id = next(iter(own))
    holding = access.capacity(operation, person.actor, unit_id)
    if holding is None:
        raise unknown("unit_unknown", "没有这个单位，或您不在该单位任职", "unit_id")
    return unit_id, holding


async def _not_asked(services: Services, person: Person, collection_id: str) -> Refused:
    """Why there is nothing to submit to: the collection is not there, or does not ask the unit."""
    units = access.visible_units("get_collection", person.actor)
    if await services.collecting.lists.one(collection_id, units) is None:
        return no_collection()
    return unknown("unit_not_asked", "该单位不在本次收集的名单中", "unit_id")
