"""Wiring and life of the worker process.

Invariant: a SIGTERM or SIGINT ends it gracefully: no new tasks, running ones get time, nothing is retried for it.
"""

import asyncio
import signal
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import CollectorRegistry
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.bulletin import BulletinActivities
from activities.hazard import HazardActivities
from activities.intake import IntakeActivities
from activities.reconcile import ReconcileActivities
from activities.restamps import RestampActivities
from activities.seals import SealActivities
from adapters.postgres.bulletin_clock import PostgresBulletinClock
from adapters.postgres.collection_drift import PostgresCollectionDrift
from adapters.postgres.collections import PostgresCollections
from adapters.postgres.database import Database
from adapters.postgres.deeds import PostgresDeeds
from adapters.postgres.digests import PostgresDigests
from adapters.postgres.drift import PostgresDrift
from adapters.postgres.hazards import PostgresHazards
from adapters.postgres.intake import PostgresIntake
from adapters.postgres.restamps import PostgresRestamps
from adapters.postgres.roster_numbers import PostgresRosterNumbers
from adapters.postgres.seals import PostgresSeals
from services import bootstrap, clock, metrics
from services.settings import Settings
from services.worker import collecting, delivering, standing, subscribing
from services.worker.delivering import Delivering
from workflows.gateway import HazardGateway, connect
from workflows.inventory import EngineInventory
from workflows.sandbox import WORKFLOWS, runner
from workflows.schedules import Schedules

log = structlog.get_logger()

PATIENCE: Final = 20.0
"""Seconds that the worker's own calls to the engine may take: nobody waits for them, and a sweep goes on without."""


def _reconciling(database: Database, inventory: EngineInventory) -> ReconcileActivities:
    drift = PostgresDrift(database), PostgresCollectionDrift(database)
    left = PostgresDigests(database), PostgresDeeds(database)
    return ReconcileActivities(*drift, inventory, clock.real, *left)


def build(
    client: Client,
    settings: Settings,
    database: Database,
    gateway: HazardGateway,
    delivery: Delivering | None = None,
) -> Worker:
    """The worker for every workflow and activity of this system; without ``delivery`` it dispatches nothing."""
    hazards = HazardActivities(PostgresHazards(database))
    bulletins = BulletinActivities(PostgresBulletinClock(database))
    orders = PostgresRestamps(database)
    intake = IntakeActivities(PostgresIntake(database), orders, PostgresCollections(database), gateway)
    restamps = RestampActivities(orders, gateway)
    inventory = EngineInventory(client, gateway, timeout=settings.engine_timeout)
    reconciling = _reconciling(database, inventory)
    seals = PostgresSeals(database.patient(PATIENCE), bootstrap.signer(settings))
    sealing = SealActivities(seals, PostgresRosterNumbers(database, settings.roster_numbers_days), clock.real)
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=[
            bulletins.keep_time,
            *collecting.activities(database, gateway),
            hazards.load,
            hazards.record,
            intake.relay,
            reconciling.reconcile,
            restamps.carry_out,
            *subscribing.activities(database, gateway, settings),
            sealing.make,
            *(() if delivery is None else delivery.methods),
        ],
        workflow_runner=runner(),
        graceful_shutdown_timeout=timedelta(seconds=10),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        deployment_config=_deployment(settings),
    )


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    """Versioned in production, where a build id is given; unversioned in development and tests."""
    if settings.worker_build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name="bihuan", build_id=settings.worker_build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


async def run(settings: Settings) -> None:
    """Run until a signal asks to stop. Raises ``RuntimeError`` or ``Temporary`` when the engine is away at start."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    client = await connect(replace(bootstrap.engine_address(settings), lazy=False))
    url = settings.database_url.get_secret_value()
    registry = CollectorRegistry()
    async with (
        Database.opened(url, size=settings.database_pool, timeout=settings.database_timeout) as database,
        delivering.opened(settings, registry) as delivery,
        AsyncExitStack() as more,
    ):
        if settings.worker_metrics_port is not None:
            port = settings.worker_metrics_port
            await more.enter_async_context(metrics.served(registry, settings.metrics_host, port))
        gateway = HazardGateway(client, task_queue=settings.task_queue, timeout=PATIENCE)
        async with build(client, settings, database, gateway, delivery):
            await standing.start(gateway, delivery.channels)
            log.info("worker is ready", task_queue=settings.task_queue)
            schedules = Schedules(client, task_queue=settings.task_queue, timeout=PATIENCE)
            keeping = asyncio.gather(
                collecting.keep(database, schedules),
                delivering.keep(schedules),
                subscribing.keep(database, gateway),
            )
            await standing.keep(gateway, delivery.channels, stop)
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            log.info("worker is stopping")
