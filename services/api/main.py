"""Wiring of the API process."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from adapters.channels import registry
from adapters.media.inspect import Inspector
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
from adapters.postgres.directory import PostgresDirectory
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
from adapters.postgres.wall import Walled
from adapters.postgres.warnings import PostgresWarnings
from adapters.postgres.webhook_queue import WebhookQueue
from adapters.postgres.webhooks import PostgresWebhooks
from services import bootstrap, clock
from services.api import bulletin_services, handlers, identity, metered, metering, openapi, operations
from services.api.allowance import Allowance
from services.api.collecting import collecting
from services.api.deps import Services
from services.api.edge import Edge
from services.api.engine import Engine
from services.api.routers import (
    accounts,
    actions,
    audit,
    bulk,
    bulletin_actions,
    bulletin_documents,
    bulletin_settings,
    bulletins,
    calendar,
    collection_actions,
    collections,
    contact_points,
    contacts,
    counts,
    deadline,
    deliveries,
    directory,
    duty,
    events,
    files,
    hazards,
    health,
    ledgers,
    link,
    links,
    me,
    notices,
    organisation,
    policies,
    series,
    sessions,
    submissions,
    succession,
    webhook_actions,
    webhook_secrets,
    webhooks,
)
from services.api.turns import Places
from services.api.witness import Witness
from services.settings import Settings
from workflows.gateway import HazardGateway, connect
from workflows.schedules import Schedules

VERSION = "0.1.0"
# addresses are tried in this order, so what is asked most stands in front
_ROUTERS: Final = (
    # counts before hazards: its address would else be taken for the number of a case
    counts.router,
    bulk.router,
    hazards.router,
    submissions.router,
    deadline.router,
    actions.router,
    files.router,
    me.router,
    notices.router,
    bulletin_settings.router,
    bulletin_documents.router,
    bulletins.router,
    bulletin_actions.router,
    ledgers.router,
    collections.router,
    collection_actions.router,
    series.router,
    duty.router,
    calendar.router,
    policies.router,
    organisation.router,
    succession.router,
    directory.router,
    contacts.router,
    contact_points.router,
    deliveries.router,
    audit.router,
    sessions.router,
    accounts.router,
    links.router,
    link.router,
    events.router,
    webhooks.router,
    webhook_actions.router,
    webhook_secrets.router,
    health.router,
    sessions.open_router,
    accounts.open_router,
)


def create(settings: Settings, now: clock.Clock = clock.real) -> FastAPI:
    """The application; it opens its connections when it starts serving and closes them when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with metering.wanted(settings, now, requests.registry), opened(settings, now) as services:
            app.state.services = services
            yield

    requests = metered.RequestMetrics()
    app = FastAPIOffline(
        title="闭环 Bihuan",
        version=VERSION,
        summary="民政领域安全隐患整改闭环",
        lifespan=lifespan,
        openapi_url="/openapi.json",
        separate_input_output_schemas=False,
        redirect_slashes=False,
        # the page would otherwise ask a validator on the internet what it thinks of the document
        swagger_ui_parameters={"validatorUrl": None},
    )
    # as they stand: to include a router is to build each of its routes once more, a fifth of the start; the pages of
    # the document, which are seldom asked for, are tried last
    app.router.routes[:0] = [route for router in _ROUTERS for route in router.routes]
    operations.check(app)
    handlers.install(app)
    openapi.install(app)
    app.add_middleware(Edge)
    app.add_middleware(metered.Metered, metrics=requests)
    return app


@asynccontextmanager
async def opened(settings: Settings, now: clock.Clock) -> AsyncIterator[Services]:
    """Everything that the routes use, opened from the settings; nothing outside needs to be there yet."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(_database(settings))
        client = await connect(bootstrap.engine_address(settings))
        gateway = HazardGateway(
            client,
            task_queue=settings.task_queue,
            timeout=settings.engine_timeout,
            ahead=settings.rehearsal_ahead,
        )
        schedules = Schedules(client, task_queue=settings.task_queue, timeout=settings.engine_timeout)
        yield Services(
            clock=now,
            database=database,
            gateway=gateway,
            engine=await stack.enter_async_context(Engine.opened(gateway, timeout=settings.engine_timeout)),
            places=Places(
                at_once=settings.requests_at_once,
                waiting=settings.requests_waiting,
                patience=settings.waiting_patience,
            ),
            allowance=Allowance(rate=settings.person_rate, burst=settings.person_burst),
            objects=bootstrap.objects(settings),
            inspector=await stack.enter_async_context(Inspector()),
            tokens=bootstrap.token_key(settings),
            bulletins=bulletin_services.wired(database, bootstrap.objects(settings), settings.district),
            contacts=PostgresContacts(database, bootstrap.sealer(settings)),
            contact_points=PostgresContactPoints(database, bootstrap.sealer(settings)),
            sending=registry.channels(bootstrap.servers(settings), bootstrap.outgoing(settings)),
            outgoing=bootstrap.outgoing(settings),
            witness=await stack.enter_async_context(Witness.opened(database, now)),
            identity=await stack.enter_async_context(identity.opened(settings, database)),
            collecting=collecting(database, schedules, settings),
            posts=bootstrap.posts(settings, clock.real),
            **_records(database),
        )


def _records(database: Database) -> dict[str, Any]:
    """What reads and writes the tables, by its name among the services."""
    return {
        "templates": PostgresTemplates(database),
        "deliveries": PostgresDeliveryReads(database),
        "links": PostgresLinks(database),
        "intake": PostgresIntake(database),
        "requests": PostgresRequests(database),
        "acts": PostgresActs(database),
        "read_model": PostgresReadModel(database),
        "counts": PostgresCounts(database),
        "directory": PostgresDirectory(database),
        "dictionary": PostgresDictionary(database),
        "events": PostgresEvents(database),
        "files": PostgresFiles(database),
        "calendar": PostgresCalendar(database),
        "notices": PostgresNotices(database),
        "restamps": PostgresRestamps(database),
        "digests": PostgresDigests(database),
        "policies": PostgresPolicies(database),
        "organisation": PostgresOrganisation(database),
        "succession": PostgresSuccession(database),
        "warnings": PostgresWarnings(database),
        "access_log": AccessLog(database),
        "seals": PostgresSeals(database),
        "webhooks": PostgresWebhooks(database),
        "webhook_queue": WebhookQueue(database),
    }


def _database(settings: Settings) -> AbstractAsyncContextManager[Walled]:
    return Walled.between(
        settings.walled_database_url.get_secret_value(),
        settings.database_url.get_secret_value(),
        size=settings.database_pool,
        timeout=settings.database_timeout,
    )


def document() -> dict[str, Any]:
    """The OpenAPI document, made without starting anything."""
    return create(Settings()).openapi()
