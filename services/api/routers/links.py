"""Links to one case for somebody from outside: issue, list, revoke.

Invariant: the link itself is made from what is on record whenever it is answered, so that it stands in no table; it is for
one case of the issuer's, and for what ``services/api/routers/link.py`` offers.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from adapters.postgres import requests
from adapters.postgres.database import Connection
from adapters.postgres.directory import Person
from adapters.postgres.links import Link, new_id
from domain import access, hazard
from domain.access_log import AccessKind
from domain.errors import Kind, Refused
from domain.hazard import Case
from domain.people import Holding
from domain.requests import Answer
from services.api import bodies, request_ids
from services.api import identity_responses as responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.patterns import Line
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED, HazardId, visible_case

router = APIRouter(prefix="/v1/hazards/{hazard_id}/links", tags=["单案链接"], route_class=Door)

LinkId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{24}$", description="链接编号", examples=["0123456789abcdef01234567"])
]


class IssueLink(BaseModel):
    """For whom and for how long."""

    model_config = bodies.like(purpose="示例消防工程公司上传施工照片", hours=72)

    purpose: Line = Field(description="给谁、做什么用")
    hours: int = Field(ge=1, le=8760, description="几小时后失效，不超过规定的最长时间")


class LinkView(BaseModel):
    """A link, without what opens it."""

    id: str
    hazard_id: str = Field(description="案号")
    purpose: str = Field(description="给谁、做什么用")
    issued_post: str = Field(description="签发的岗位")
    issued_at: datetime = Field(description="签发时间")
    expires_at: datetime = Field(description="失效时间")
    revoked_at: datetime | None = Field(description="撤销时间")
    uploads: int = Field(description="已上传几份")
    comments: int = Field(description="已留言几条")


class IssuedView(LinkView):
    """A link with what opens it."""

    token: str = Field(
        description="链接本身：作为 Bearer 令牌用于 /v1/link；放进网址时须放在 # 之后，以免留在日志里"
    )


class LinksView(BaseModel):
    """The links of a case."""

    items: list[LinkView]


@router.post(
    "",
    status_code=201,
    summary="签发单案链接",
    operation_id="issue_link",
    response_model=IssuedView,
    responses=responses.ISSUE_LINK,
)
async def issue(
    hazard_id: HazardId, body: IssueLink, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """让一位外部人员凭链接对这一件隐患上传材料、留言，到期或撤销为止；其余一概不可。"""
    now = services.clock()
    case, holding = await _issuing(services, person, hazard_id)
    request = request_of(person, key, f"{hazard_id}/links", body)
    if timedelta(hours=body.hours) > services.identity.link_longest:
        most = int(services.identity.link_longest / timedelta(hours=1))
        raise Refused(Kind.CONFLICT, "link_too_long", f"链接最长 {most} 小时", field="hours")
    link = _link(case, holding, person, body, now)
    async with services.database.transaction() as connection:
        earlier = await requests.claim(connection, request, now)
        if earlier is None:
            hazard.check_remark(case)
            await services.links.issue(connection, link)
            await _issued(services, connection, link)
            await requests.keep(connection, request, Answer(status=201, body=_view(link)))
    if earlier is not None:
        return respond(await _opened(services, earlier), headers=REPLAYED)
    return respond(await _opened(services, Answer(status=201, body=_view(link))))


@router.get("", summary="单案链接", operation_id="list_links", responses=responses.LINKS)
async def links(hazard_id: HazardId, person: Caller, services: Wired) -> LinksView:
    """这一件隐患签发过的链接，最近的在前，至多一百个。"""
    await _issuing(services, person, hazard_id)
    found = await services.links.of_case(hazard_id)
    return LinksView(items=[LinkView(**_view(link)) for link in found])


@router.delete(
    "/{link_id}",
    status_code=204,
    summary="撤销单案链接",
    operation_id="revoke_link",
    responses=responses.REVOKE_LINK,
)
async def revoke(hazard_id: HazardId, link_id: LinkId, person: Caller, services: Wired) -> None:
    """撤销后链接即刻失效；已上传的材料和留言仍在案卷里。"""
    now = services.clock()
    _, holding = await _issuing(services, person, hazard_id)
    async with services.database.transaction() as connection:
        if not await services.links.revoke(connection, link_id, hazard_id, person.actor.person_id, now):
            raise Refused(Kind.UNKNOWN, "link_unknown", "没有这个链接")
        await services.access_log.note(
            connection,
            at=now,
            kind=AccessKind.WRITE,
            person_id=person.actor.person_id,
            post_id=holding.post_id,
            on_behalf_of=holding.on_behalf_of,
            subject=f"revoke_link/{hazard_id}/{link_id}",
            request_id=request_ids.current(),
        )


async def _issuing(services: Services, person: Person, hazard_id: str) -> tuple[Case, Holding]:
    """The case and the post by which the asker lets somebody in to it. Raises ``Refused``."""
    case = await visible_case(services, person, hazard_id)
    holding = access.capacity("issue_link", person.actor, case.unit_id)
    if holding is None:
        raise access.refusal("issue_link")
    return case, holding


def _link(case: Case, holding: Holding, person: Person, body: IssueLink, now: datetime) -> Link:
    return Link(
        id=new_id(),
        case_id=case.id,
        unit_id=case.unit_id,
        purpose=body.purpose,
        issued_by=person.actor.person_id,
        issued_post=holding.post_id,
        on_behalf_of=holding.on_behalf_of,
        issued_at=now,
        expires_at=now + timedelta(hours=body.hours),
    )


async def _issued(services: Services, connection: Connection, link: Link) -> None:
    await services.access_log.note(
        connection,
        at=link.issued_at,
        kind=AccessKind.LINK_ISSUED,
        person_id=link.issued_by,
        post_id=link.issued_post,
        on_behalf_of=link.on_behalf_of,
        subject=f"{link.case_id}/{link.principal}",
        request_id=request_ids.current(),
    )


def _view(link: Link) -> dict[str, Any]:
    fields = {name: value for name, value in vars(link).items() if name in LinkView.model_fields}
    return LinkView(**fields, hazard_id=link.case_id).model_dump(mode="json")


async def _opened(services: Services, kept: Answer) -> Answer:
    """The answer with the link itself, made from what is on record."""
    if kept.status != 201:
        return kept
    link = await services.links.one(kept.body["id"])
    if link is None:
        raise Refused(Kind.UNKNOWN, "link_unknown", "没有这个链接")
    return Answer(
        status=201,
        body={**kept.body, "token": services.tokens.link(link.id, link.issued_at, link.expires_at)},
    )
