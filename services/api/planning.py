"""From what a client plans to a plan that the rules understand: kind, posts, window and audience are looked up here.

Invariant: whatever is named must exist; otherwise the refusal names the field.
"""

from datetime import datetime, timedelta

from adapters.postgres.directory import Person
from domain import access
from domain.collection import Audience, By, Exemption, Plan, Window
from domain.people import Holding
from services.api import parameters
from services.api.collection_bodies import AudienceBody, CollectionBody
from services.api.commands import unknown
from services.api.deps import Services
from services.api.parameters import utc


async def planned(
    services: Services, person: Person, operation: str, body: CollectionBody, request_id: str, now: datetime
) -> tuple[By, Plan]:
    """Who plans what. Raises ``Refused`` naming what does not exist."""
    holding = held(person, operation)
    desk = await services.directory.unit(holding.unit_id)
    kind = await services.collecting.kinds.one(body.kind, now)
    if kind is None:
        raise unknown("kind_unknown", "没有这个收集种类", "kind")
    if desk is None or await services.directory.post(body.contact_post) is None:
        raise unknown("post_unknown", "没有这个联系岗位", "contact_post")
    covers = body.covers_from and body.covers_to and (utc(body.covers_from), utc(body.covers_to))
    plan = Plan(
        kind=kind,
        title=body.title.strip(),
        basis=body.basis.strip(),
        district=desk.district,
        window=window_of(body),
        audience=await audience_of(services, body.audience, now),
        contact_post=body.contact_post,
        contact_phone=body.contact_phone,
        covers=covers or None,
        subject=body.subject,
    )
    return by_of(person, holding, request_id), plan


def held(person: Person, operation: str) -> Holding:
    """The post by which the asker does something of the whole district. Raises ``Refused`` (``role_required``)."""
    holding = access.capacity(operation, person.actor, "")
    if holding is None:
        raise access.refusal(operation)
    return holding


def by_of(person: Person, holding: Holding, request_id: str) -> By:
    """Who does it, for the record."""
    return By(
        person_id=person.actor.person_id,
        post_id=holding.post_id,
        on_behalf_of=holding.on_behalf_of,
        request_id=request_id,
    )


def window_of(body: CollectionBody) -> Window:
    """The window of a plan; the zone is the district's."""
    return Window(
        opens_at=utc(body.opens_at),
        due_at=utc(body.due_at),
        cut_off_at=utc(body.cut_off_at or body.due_at + timedelta(minutes=body.grace_minutes)),
        grace_seconds=body.grace_minutes * 60,
        wording=body.wording,
    )


async def audience_of(services: Services, body: AudienceBody, now: datetime) -> Audience:
    """The query over units of a plan."""
    terms = await services.dictionary.terms(now)
    first, last = body.inspected_from, body.inspected_to
    return Audience(
        kinds=tuple(body.kinds),
        units=tuple(body.units),
        inspected_from=terms.midnight(parameters.within_record(first)) if first else None,
        inspected_before=terms.midnight(parameters.within_record(last) + timedelta(days=1)) if last else None,
        exempt=tuple(Exemption(unit_id=one.unit_id, reason=one.reason) for one in body.exempt),
        words=body.words,
    )
