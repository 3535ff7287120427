"""What a route is given: the wired adapters, who asks, and under which key.

Invariant: :func:`signed_in`, then :func:`authenticate` are the only way in, the door of a route calls them before
anything else, and a route that takes ``Caller`` cannot be reached without them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPBearer
from pydantic import BeforeValidator, Field
from starlette.requests import HTTPConnection

from adapters.channels.registry import Channel
from adapters.media.inspect import Inspector
from adapters.objects import Objects
from adapters.outgoing import Outgoing
from adapters.postgres.access_log import AccessLog
from adapters.postgres.acts import PostgresActs
from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.contact_points import PostgresContactPoints
from adapters.postgres.contacts import PostgresContacts
from adapters.postgres.counts import PostgresCounts
from adapters.postgres.database import Database
from adapters.postgres.delivery_reads import PostgresDeliveryReads
from adapters.postgres.dictionary import PostgresDictionary
from adapters.postgres.digests import PostgresDigests
from adapters.postgres.directory import Person, PostgresDirectory
from adapters.postgres.events import PostgresEvents
from adapters.postgres.files import PostgresFiles
from adapters.postgres.intake import PostgresIntake
from adapters.postgres.links import PostgresLinks
from adapters.postgres.notices import PostgresNotices
from adapters.postgres.organisation import PostgresOrganisation
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.read_model import PostgresReadModel
from adapters.postgres.requests import PostgresRequests
from adapters.postgres.restamps import PostgresRestamps
from adapters.postgres.seals import PostgresSeals
from adapters.postgres.succession import PostgresSuccession
from adapters.postgres.templates import PostgresTemplates
from adapters.postgres.warnings import PostgresWarnings
from adapters.postgres.webhook_queue import WebhookQueue
from adapters.postgres.webhooks import PostgresWebhooks
from adapters.webhook_posts import WebhookPosts
from domain.delivery import ChannelName
from services.api import parameters
from services.api.allowance import Allowance
from services.api.bulletin_services import BulletinServices
from services.api.collecting import Collecting
from services.api.engine import Engine
from services.api.identity import Identity
from services.api.turns import Places
from services.api.unauthenticated import Unauthenticated
from services.api.witness import Witness
from services.clock import Clock
from services.tokens import BadToken, Shown, TokenKey
from workflows.gateway import HazardGateway


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that the routes use, wired once when the process starts."""

    clock: Clock
    database: Database
    gateway: HazardGateway
    engine: Engine
    places: Places
    allowance: Allowance
    objects: Objects
    inspector: Inspector
    tokens: TokenKey
    identity: Identity
    links: PostgresLinks
    access_log: AccessLog
    intake: PostgresIntake
    requests: PostgresRequests
    acts: PostgresActs
    read_model: PostgresReadModel
    counts: PostgresCounts
    directory: PostgresDirectory
    dictionary: PostgresDictionary
    events: PostgresEvents
    webhooks: PostgresWebhooks
    webhook_queue: WebhookQueue
    posts: WebhookPosts
    files: PostgresFiles
    calendar: PostgresCalendar
    notices: PostgresNotices
    restamps: PostgresRestamps
    digests: PostgresDigests
    policies: PostgresPolicies
    organisation: PostgresOrganisation
    succession: PostgresSuccession
    warnings: PostgresWarnings
    bulletins: BulletinServices
    collecting: Collecting
    contacts: PostgresContacts
    contact_points: PostgresContactPoints
    sending: Mapping[ChannelName, Channel]
    outgoing: Outgoing
    templates: PostgresTemplates
    deliveries: PostgresDeliveryReads
    seals: PostgresSeals
    witness: Witness


async def services(request: Request) -> Services:
    """The process's services; a coroutine, because FastAPI runs a plain function on a thread."""
    return services_of(request)


def services_of(request: Request) -> Services:
    """The process's services, for whoever is no route."""
    wired: Services = request.app.state.services
    return wired


Wired = Annotated[Services, Depends(services)]


class _Bearer(HTTPBearer):
    """How the document tells of the token; the door reads it (:func:`shown`)."""

    async def __call__(self, request: HTTPConnection) -> None:
        """Nothing: a route behind a door is not reached without one."""


bearer = _Bearer(
    scheme_name="HTTPBearer",
    auto_error=False,
    bearerFormat="JWT",
    description="登录后得到的令牌（/v1/sessions），或本单位身份系统（OpenID Connect）签发的令牌；"
    "示例用 `bihuan token 岗位` 签发，仅限开发环境。外部人员的单案链接只能用于 /v1/link。",
)


def shown(request: Request) -> str | None:
    """What stands in the request's header as a bearer token, if anything."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return (token.strip() or None) if scheme.lower() == "bearer" else None


async def signed_in(request: Request) -> str:
    """The id of the person whose token is shown, who need not be known. Raises ``Unauthenticated``, ``Temporary``."""
    wired = services_of(request)
    try:
        token: Shown = await wired.identity.bearers.shown(shown(request), wired.clock())
    except BadToken:
        raise Unauthenticated from None
    request.state.token = token
    return token.person_id


async def authenticate(request: Request, person_id: str) -> Person:
    """Who asks, with the posts held now, unless the token is void: read at once, in one statement.

    Raises ``Unauthenticated``, and ``Temporary`` without the directory.
    """
    wired, token = services_of(request), request.state.token
    person = await wired.directory.person(
        person_id, wired.clock(), session_id=token.session_id, issued_at=token.issued_at
    )
    if person is None:
        raise Unauthenticated
    return person


async def caller(request: Request, _declared: Annotated[None, Depends(bearer)]) -> Person:
    """Whom the route's door let in; a route without a door has nobody, and fails."""
    person: Person = request.state.caller
    return person


Caller = Annotated[Person, Depends(caller)]


async def token_shown(request: Request) -> Shown:
    """What the caller's token says, once the door has let the caller in."""
    token: Shown = request.state.token
    return token


OwnToken = Annotated[Shown, Depends(token_shown)]

KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=KEY_PATTERN,
        description="由调用方为每次操作生成的唯一键；同键同内容重复提交得到第一次的答复，同键不同内容被拒绝。",
        examples=["5f0c6c4e-8a43-4a5b-9d0e-2f6a0b7f3d11"],
    ),
]

Limit = Annotated[
    Annotated[int, Field(ge=1, le=100), BeforeValidator(parameters.whole)], Query(description="每页条数")
]
