"""Carrying out an order to bring running cases under newer days, a newer policy (时限重算) or another team.

Invariant: each case is changed by its own workflow under a request named by the order, so a repeat after a crash at any
point changes nothing twice; a case that is not open any more is left alone.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from temporalio import activity

from activities.ports import Restamper, Restamps
from domain import hazard
from domain.errors import Refused, Temporary
from domain.hazard import Case, Restamp
from domain.restamps import RestampOrder
from domain.terms import Terms

BATCH: Final = 100
AT_ONCE: Final = 10


class Outcome(Enum):
    """What became of a case under an order."""

    DONE = auto()
    NOT_MEANT = auto()
    UNANSWERED = auto()


@dataclass(frozen=True)
class Newer:
    """What an order gives a case, or ``None`` where it is not about it; which policies give way to its own; the teams of units."""

    terms: Callable[[Case], Terms | None]
    replaces: tuple[str, ...] | None = None
    teams: Mapping[str, str] = field(default_factory=dict)


class RestampActivities:
    """One effect: ``orders`` says what is wanted of which cases, ``engine`` brings it to them."""

    def __init__(self, orders: Restamps, engine: Restamper) -> None:
        self._orders = orders
        self._engine = engine

    @activity.defn(name="restamp.carry_out")
    async def carry_out(self, order_id: str) -> int:
        """Bring every case that the order is about under it; gives how many there were.

        A case that does not answer holds up no other: the rest is done, then the order is tried again from the start,
        which costs those that are done nothing. Heartbeats the number of the last case. Raises ``Temporary``.
        """
        order = await self._orders.order(order_id)
        newer = await self._newer(order)
        outcomes: Counter[Outcome] = Counter()
        after = ""
        while cases := await self._orders.open_cases(after, BATCH):
            gate = asyncio.Semaphore(AT_ONCE)
            outcomes.update(await asyncio.gather(*(self._one(order, newer, case, gate) for case in cases)))
            after = cases[-1].id
            activity.heartbeat(after)
        if outcomes[Outcome.UNANSWERED]:
            raise Temporary("engine")
        await self._orders.done(order_id, outcomes[Outcome.DONE], activity.info().started_time)
        return outcomes[Outcome.DONE]

    async def _newer(self, order: RestampOrder) -> Newer:
        if order.policy_version is not None:
            policy = await self._orders.policy(order.policy_version)
            days = await self._orders.calendar(policy.region)
            older = await self._orders.older(policy.version, order.wanted_at)
            return Newer(
                lambda case: (
                    policy.stamped(days, case.reported_at, order.wanted_at)
                    if case.terms.version in older
                    else None
                ),
                older,
            )
        if order.unit_ids is not None:
            teams = await self._orders.teams(order.unit_ids)
            return Newer(
                lambda case: (
                    case.terms if teams.get(case.unit_id, case.team_post) != case.team_post else None
                ),
                teams=teams,
            )
        calendars = {region: await self._orders.calendar(region) for region in order.regions or ()}
        return Newer(
            lambda case: (
                hazard.under_days(case, calendars[case.terms.region], order.wanted_at)
                if case.terms.region in calendars
                else None
            )
        )

    async def _one(self, order: RestampOrder, newer: Newer, case: Case, gate: asyncio.Semaphore) -> Outcome:
        if order.request_id in case.recent_requests:
            return Outcome.DONE
        terms = newer.terms(case)
        if terms is None:
            return Outcome.NOT_MEANT
        bring = Restamp(
            terms=terms,
            person_id=order.person_id,
            post_id=order.post_id,
            request_id=order.request_id,
            reason=order.reason,
            days_only=order.policy_version is None,
            replaces=newer.replaces,
            team_post=newer.teams.get(case.unit_id),
        )
        async with gate:
            try:
                # a second try for a case whose run was still to be started; one closed meanwhile stays closed
                brought = await self._brought(case, bring) or (
                    await self._started(case) and await self._brought(case, bring)
                )
            except Temporary:
                return Outcome.UNANSWERED
        return Outcome.DONE if brought else Outcome.NOT_MEANT

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
