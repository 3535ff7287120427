"""Carrying out an order to bring running cases under newer days or a newer policy (时限重算).

Invariant: each case is changed by its own workflow under a request named by the order, so a repeat after a crash at any
point changes nothing twice; a case that is not open any more is left alone.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from temporalio import activity

from activities.ports import Restamper, Restamps
from domain import hazard
from domain.errors import Refused
from domain.hazard import Case, Restamp
from domain.restamps import RestampOrder
from domain.terms import Terms

BATCH: Final = 100
AT_ONCE: Final = 10

Newer = Callable[[Case], Terms | None]
"""The terms that an order gives a case, or ``None`` where it is not about it."""


class RestampActivities:
    """One effect: ``orders`` says what is wanted of which cases, ``engine`` brings it to them."""

    def __init__(self, orders: Restamps, engine: Restamper) -> None:
        self._orders = orders
        self._engine = engine

    @activity.defn(name="restamp.carry_out")
    async def carry_out(self, order_id: str) -> int:
        """Bring every case that the order is about under it; gives how many there were.

        Heartbeats the number of the last case, so that another attempt goes on from there. Raises ``Temporary``.
        """
        order = await self._orders.order(order_id)
        newer = await self._newer(order)
        after, count = _reached()
        while cases := await self._orders.open_cases(after, BATCH):
            gate = asyncio.Semaphore(AT_ONCE)
            done = await asyncio.gather(*(self._one(order, newer, case, gate) for case in cases))
            after, count = cases[-1].id, count + sum(done)
            activity.heartbeat(after, count)
        await self._orders.done(order_id, count, activity.info().started_time)
        return count

    async def _newer(self, order: RestampOrder) -> Newer:
        if order.policy_version is not None:
            policy = await self._orders.policy(order.policy_version)
            days = await self._orders.calendar(policy.region)
            return lambda case: (
                None
                if case.terms.version == policy.version
                else policy.stamped(days, case.reported_at, order.wanted_at)
            )
        calendars = {region: await self._orders.calendar(region) for region in order.regions or ()}
        return lambda case: (
            hazard.under_days(case, calendars[case.terms.region], order.wanted_at)
            if case.terms.region in calendars
            else None
        )

    async def _one(self, order: RestampOrder, newer: Newer, case: Case, gate: asyncio.Semaphore) -> bool:
        if order.request_id in case.recent_requests:
            return True
        terms = newer(case)
        if terms is None:
            return False
        bring = Restamp(
            terms=terms,
            person_id=order.person_id,
            post_id=order.post_id,
            request_id=order.request_id,
            reason=order.reason,
            days_only=order.policy_version is None,
        )
        async with gate:
            # a second try for a case whose run was still to be started; one that was closed meanwhile stays closed
            return await self._brought(case, bring) or (
                await self._started(case) and await self._brought(case, bring)
            )

    async def _started(self, case: Case) -> bool:
        await self._engine.start(case)
        return True

    async def _brought(self, case: Case, bring: Restamp) -> bool:
        try:
            await self._engine.restamp(case.id, bring)
        except Refused as refused:
            if refused.code != "not_running":
                raise
            return False
        return True


def _reached() -> tuple[str, int]:
    """How far an earlier attempt came: the number of the last case, and how many it changed."""
    details = activity.info().heartbeat_details
    return (str(details[0]), int(details[1])) if len(details) == 2 else ("", 0)
