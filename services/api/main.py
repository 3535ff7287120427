"""Wiring of the API process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from adapters.media.inspect import Inspector
from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.counts import PostgresCounts
from adapters.postgres.dictionary import PostgresDictionary
from adapters.postgres.directory import PostgresDirectory
from adapters.postgres.events import PostgresEvents
from adapters.postgres.files import PostgresFiles
from adapters.postgres.intake import PostgresIntake
from adapters.postgres.notices import PostgresNotices
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.read_model import PostgresReadModel
from adapters.postgres.requests import PostgresRequests
from adapters.postgres.restamps import PostgresRestamps
from adapters.postgres.wall import Walled
from adapters.postgres.warnings import PostgresWarnings
from adapters.postgres.webhook_queue import WebhookQueue
from adapters.postgres.webhooks import PostgresWebhooks
from services import bootstrap, clock
from services.api import openapi, operations, problems
from services.api.allowance import Allowance
from services.api.deps import Services
from services.api.edge import Edge
from services.api.engine import Engine
from services.api.routers import (
    actions,
    calendar,
    counts,
    deadline,
    directory,
    events,
    files,
    hazards,
    health,
    me,
    notices,
    policies,
    webhooks,
)
from services.api.turns import Places
from services.settings import Settings
from workflows.gateway import HazardGateway, connect

VERSION = "0.1.0"


def create(settings: Settings, now: clock.Clock = clock.real) -> FastAPI:
    """The application; it opens its connections when it starts serving and closes them when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings, now) as services:
            app.state.services = services
            yield

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
    # counts before hazards: its address would else be taken for the number of a case
    for module in (
        counts,
        hazards,
        deadline,
        actions,
        files,
        me,
        notices,
        calendar,
        policies,
        directory,
        events,
        webhooks,
        health,
    ):
        app.include_router(module.router)
    operations.check(app)
    problems.install(app)
    openapi.install(app)
    app.add_middleware(Edge)
    return app


@asynccontextmanager
async def opened(settings: Settings, now: clock.Clock) -> AsyncIterator[Services]:
    """Everything that the routes use, opened from the settings; nothing outside needs to be there yet."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            Walled.between(
                settings.walled_database_url.get_secret_value(),
                settings.database_url.get_secret_value(),
                size=settings.database_pool,
                timeout=settings.database_timeout,
            )
        )
        client = await connect(bootstrap.engine_address(settings))
        gateway = HazardGateway(client, task_queue=settings.task_queue, timeout=settings.engine_timeout)
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
            intake=PostgresIntake(database),
            requests=PostgresRequests(database),
            read_model=PostgresReadModel(database),
            counts=PostgresCounts(database),
            directory=PostgresDirectory(database),
            dictionary=PostgresDictionary(database),
            events=PostgresEvents(database),
            webhooks=PostgresWebhooks(database),
            webhook_queue=WebhookQueue(database),
            posts=bootstrap.posts(settings, clock.real),
            outgoing=bootstrap.outgoing(settings),
            files=PostgresFiles(database),
            calendar=PostgresCalendar(database),
            notices=PostgresNotices(database),
            restamps=PostgresRestamps(database),
            policies=PostgresPolicies(database),
            warnings=PostgresWarnings(database),
        )


def document() -> dict[str, Any]:
    """The OpenAPI document, made without starting anything."""
    return create(Settings()).openapi()
