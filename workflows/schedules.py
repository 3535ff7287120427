"""The schedules in the engine: one for each series, made from the record and gone when it is stopped, and the nightly audit.

Invariant: a schedule that is there is left alone, so making it again after the loss of an engine is harmless; an engine that is
away is :class:`~domain.errors.Temporary`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)
from temporalio.service import RPCError, RPCStatusCode

from domain.collection.series import Cadence, CatchUp, Series
from domain.errors import Temporary
from workflows import delivery_audit
from workflows.series import SeriesPeriodWorkflow, schedule_id

CAUGHT_UP: Final = {CatchUp.OPEN: timedelta(days=7), CatchUp.SKIP: timedelta(days=7)}
"""How far back the engine looks for instants that it missed; what becomes of each is the series' own rule."""

_NIGHTLY: Final = ScheduleCalendarSpec(hour=(ScheduleRange(2),), minute=(ScheduleRange(20),))
"""When the delivery is audited."""

ZONE: Final = "Etc/GMT-8"
"""UTC+8 as the zone database names it."""


class Schedules:
    """Makes and removes schedules; ``timeout`` is in seconds, for every call."""

    def __init__(self, client: Client, *, task_queue: str, timeout: float) -> None:
        self._client = client
        self._task_queue = task_queue
        self._timeout = timeout

    async def ensure(self, series: Series) -> None:
        """Make the schedule of a series unless it is there. Raises ``Temporary``."""
        try:
            async with self._bounded():
                await self._client.create_schedule(schedule_id(series.id), self._schedule(series))
        except ScheduleAlreadyRunningError:
            return

    async def ensure_delivery_audit(self) -> None:
        """Have the delivery audited each night. Raises ``Temporary``."""
        action = ScheduleActionStartWorkflow(
            delivery_audit.DeliveryAuditWorkflow.run,
            id=delivery_audit.SCHEDULE_ID,
            task_queue=self._task_queue,
            static_summary="送达复核｜每日 02:20 由留痕核对应发与实发",
        )
        spec = ScheduleSpec(calendars=[_NIGHTLY], time_zone_name=ZONE)
        with contextlib.suppress(ScheduleAlreadyRunningError):
            async with self._bounded():
                await self._client.create_schedule(
                    delivery_audit.SCHEDULE_ID, Schedule(action=action, spec=spec)
                )

    async def remove(self, series_id: str) -> None:
        """Remove the schedule of a series; one that is gone already is left so. Raises ``Temporary``."""
        async with self._bounded():
            try:
                await self._client.get_schedule_handle(schedule_id(series_id)).delete()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    def _schedule(self, series: Series) -> Schedule:
        return Schedule(
            action=ScheduleActionStartWorkflow(
                SeriesPeriodWorkflow.run,
                series.id,
                id=f"{schedule_id(series.id)}-period",
                task_queue=self._task_queue,
                static_summary=f"{series.cadence.label}｜{series.title}",
            ),
            spec=ScheduleSpec(calendars=[_calendar(series)], time_zone_name=ZONE),
            policy=SchedulePolicy(
                overlap=ScheduleOverlapPolicy.ALLOW_ALL, catchup_window=CAUGHT_UP[series.catch_up]
            ),
        )

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except (RPCError, TimeoutError) as error:
            raise Temporary("engine") from error
        except ScheduleAlreadyRunningError:
            raise
        except RuntimeError as error:
            raise Temporary("engine") from error


def _calendar(series: Series) -> ScheduleCalendarSpec:
    at = series.opening
    hour, minute = (ScheduleRange(at.hour),), (ScheduleRange(at.minute),)
    if series.cadence is Cadence.DAILY:
        return ScheduleCalendarSpec(hour=hour, minute=minute)
    first = (ScheduleRange(1),)
    quarters = tuple(ScheduleRange(month) for month in (1, 4, 7, 10))
    return ScheduleCalendarSpec(hour=hour, minute=minute, day_of_month=first, month=quarters)
