"""The dispatcher of a channel (发送): waits for what is to be sent, plans, claims, sends and settles.

Invariant: nothing leaves that is not on record as about to leave, and one dispatcher at a time has a channel; a crash at any point
leaves at worst a repeat that is marked. It waits for announcements and for the next instant of its plan, and never polls.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from temporalio import activity

from activities.delivery_ports import Attempt, Channel, Counts, Ledger, Meter, Office, Routing
from domain import delivery
from domain.delivery import SPECS, Bundle, ChannelName, Pace, Plan, Situation
from domain.delivery.sending import PermanentFailure, TemporaryFailure
from domain.errors import Temporary

AT_ONCE: Final = 8
HEARTBEAT_SECONDS: Final = 2.0
ROUND: Final = timedelta(seconds=30)
"""How long a round goes on while there is work; then the card of the channel is renewed."""
SIGN_OF_LIFE: Final = timedelta(seconds=60)
"""The longest wait: a cycle without work, which tells the watchdog that somebody is there."""


@dataclass(frozen=True, kw_only=True)
class Dispatched:
    """What a round came to, for the card of the channel; ``oldest_seconds`` is how long the oldest message has waited."""

    sent: int
    failed: int
    queue: int
    held: int
    oldest_seconds: int


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a dispatcher works with; ``clock`` gives aware instants."""

    routing: Routing
    ledger: Ledger
    office: Office
    channels: Mapping[ChannelName, Channel]
    meter: Meter
    clock: Callable[[], datetime]
    pace: Pace


class DeliveryActivities:
    """The dispatchers' one effect."""

    def __init__(self, means: Means) -> None:
        self._means = means

    @activity.defn(name="delivery.dispatch")
    async def dispatch(self, channel: str) -> Dispatched:
        """Dispatch a channel until a round is over. Raises ``Temporary`` when the database is away.

        Heartbeats all the while. Ends early, and leaves what it has on record, when the worker shuts down or another
        dispatcher took over.
        """
        name = ChannelName(channel)
        beating = asyncio.create_task(_beat())
        announcements = self._means.ledger.announcements(name)
        try:
            return await Round(self._means, name).run(announcements)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await announcements.aclose()


class Round:
    """One round of a dispatcher: cycles until something was done and half a minute has passed."""

    def __init__(self, means: Means, channel: ChannelName) -> None:
        self._means = means
        self._channel = channel
        self._epoch = 0
        self._held = 0

    async def run(self, announcements: AsyncGenerator[bool]) -> Dispatched:
        """Cycle until the round is over."""
        began = self._means.clock()
        await anext(announcements)
        self._epoch = await self._means.ledger.begin(self._channel, began)
        first: Counts | None = None
        heard = asyncio.ensure_future(anext(announcements))
        try:
            while True:
                wake_at = await self._cycle()
                now = self._means.clock()
                counts = await self._means.ledger.cycle(self._channel, self._epoch, now)
                self._means.meter.stands(self._channel, counts, now)
                first = first or counts
                if activity.is_worker_shutdown() or (counts != first and now - began >= ROUND):
                    return _dispatched(counts, self._held, now)
                if await _until(heard, _seconds(wake_at, now)):
                    heard.result()
                    heard = asyncio.ensure_future(anext(announcements))
        finally:
            heard.cancel()
            await asyncio.gather(heard, return_exceptions=True)

    async def _cycle(self) -> datetime | None:
        """Do what can be done now; gives the next instant at which something may leave."""
        means, now = self._means, self._means.clock()
        if self._channel is ChannelName.INBOX:
            await means.routing.look_at_vacant(now)
            while (await means.routing.route(means.clock())).more:
                pass
            return await means.routing.next_at()
        while not activity.is_worker_shutdown():
            plan = await self._plan()
            if not plan.bundles:
                return plan.wake_at
            await self._send_all(plan)
        return None

    async def _plan(self) -> Plan:
        means, now = self._means, self._means.clock()
        waiting = await means.ledger.waiting(self._channel, now)
        if waiting.gone:
            await means.ledger.fall(waiting.gone, now)
        situation = Situation(
            calendar=await means.office.calendar(now),
            limits=SPECS[self._channel].limits,
            pace=means.pace,
            brake=waiting.brake,
            sent=waiting.sent,
            rests=waiting.rests,
            muted=waiting.muted,
        )
        plan = delivery.plan(waiting.messages, situation, now)
        self._held = plan.held
        if plan.muted:
            await means.ledger.mute(plan.muted, now)
        return plan

    async def _send_all(self, plan: Plan) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as sending:
            for bundle in plan.bundles:
                sending.create_task(self._send(bundle, gate))

    async def _send(self, bundle: Bundle, gate: asyncio.Semaphore) -> None:
        async with gate:
            if activity.is_worker_shutdown():
                return
            attempt = await self._means.ledger.claim(bundle, self._epoch, self._means.clock())
            if attempt is not None:
                await self._leave(attempt)

    async def _leave(self, attempt: Attempt) -> None:
        means = self._means
        try:
            letter = await means.office.letter(attempt, self._channel)
            address = await means.office.address(attempt.contact_id)
            receipt = await means.channels[self._channel].send(letter, address)
        except (TemporaryFailure, PermanentFailure) as failure:
            await self._failed(attempt, failure)
            return
        except Temporary:
            raise
        except Exception as fault:  # one address must not stop a channel; what it may have done is not known
            await self._failed(attempt, TemporaryFailure(type(fault).__name__, ambiguous=True))
            return
        now = means.clock()
        await means.ledger.sent(attempt, receipt, now)
        waited = now - min(message.queued_at for message in attempt.messages)
        means.meter.left(self._channel, (now - attempt.at).total_seconds(), waited.total_seconds())

    async def _failed(self, attempt: Attempt, failure: TemporaryFailure | PermanentFailure) -> None:
        self._means.meter.refused(self._channel, failure.code)
        told = {"bundle": attempt.bundle_id, "contact": attempt.contact_id, "code": failure.code}
        activity.logger.warning("message not taken", extra=told)
        await self._means.ledger.failed(attempt, failure, self._means.clock())


def _dispatched(counts: Counts, held: int, now: datetime) -> Dispatched:
    age = (now - counts.oldest_at).total_seconds() if counts.oldest_at else 0
    return Dispatched(
        sent=counts.sent, failed=counts.failed, queue=counts.queue, held=held, oldest_seconds=max(0, int(age))
    )


def _seconds(wake_at: datetime | None, now: datetime) -> float:
    longest = SIGN_OF_LIFE.total_seconds()
    return longest if wake_at is None else min(longest, max(0.0, (wake_at - now).total_seconds()))


async def _until(heard: "asyncio.Future[bool]", seconds: float) -> bool:
    """Wait until something was heard, so many seconds have passed, or the worker shuts down; whether it was heard."""
    closing = asyncio.ensure_future(activity.wait_for_worker_shutdown())
    waited: list[asyncio.Future[Any]] = [heard, closing]
    try:
        await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return heard.done()
    finally:
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_SECONDS)
