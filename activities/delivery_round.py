"""One round of a channel's dispatcher: it plans, and sends to many contact points at once until half a minute has passed.

Invariant: a contact point is written to by one message at a time, and whoever does not answer takes up one place among
:data:`AT_ONCE` and nobody's time: what comes meanwhile for others is planned and leaves.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from temporalio import activity

from activities.delivery_ports import Attempt, Counts, Means, Overtaken
from domain import delivery
from domain.delivery import SPECS, Bundle, ChannelName, Message, Plan, Situation
from domain.delivery.sending import PermanentFailure, TemporaryFailure
from domain.errors import Temporary

AT_ONCE: Final = 32
"""Messages of a channel that are under way together."""
ROUND: Final = timedelta(seconds=30)
"""How long a round goes on while there is work; then the card of the channel is renewed."""
LONGEST: Final = timedelta(minutes=5)
"""How long a round goes on at most where there is always something under way."""
SIGN_OF_LIFE: Final = 60.0
"""Seconds of the longest wait: a cycle without work, which tells the watchdog that somebody is there."""
LEASE: Final = 5.0
"""Seconds after its claim until which a message leaves unasked: less than it takes until another dispatcher takes over."""
_CHINA: Final = timezone(timedelta(hours=8))
_CROWDED: Final = 1.0
"""Seconds between two plans while not all that is ready finds a place."""


@dataclass(frozen=True, kw_only=True)
class Dispatched:
    """What a round came to, for the card of the channel; ``oldest_seconds`` is how long the oldest message has waited, ``day`` the
    day in words of which messages are counted.
    """

    sent: int
    failed: int
    queue: int
    held: int
    oldest_seconds: int
    day: str = "今日"


class Round:
    """One round of a dispatcher: cycles until something was done and half a minute has passed."""

    def __init__(self, means: Means, channel: ChannelName) -> None:
        self._means = means
        self._channel = channel
        self._epoch = 0
        self._held = 0
        self._ready: deque[Bundle] = deque()
        self._under_way: dict[str, asyncio.Task[bool]] = {}
        self._behind: set[str] = set()

    async def run(self, announcements: AsyncGenerator[bool]) -> Dispatched:
        """Cycle until the round is over, and until what is under way has ended."""
        began = self._means.clock()
        await anext(announcements)
        self._epoch = await self._means.ledger.begin(self._channel, began)
        heard = asyncio.ensure_future(anext(announcements))
        first: Counts | None = None
        try:
            while True:
                wake_at = await self._cycle()
                now = self._means.clock()
                counts = await self._means.ledger.cycle(self._channel, self._epoch, now)
                self._means.meter.stands(self._channel, counts, now)
                first = first or counts
                if self._is_over(now - began, counts != first):
                    await asyncio.gather(*self._under_way.values())
                    return _dispatched(counts, self._held, now)
                if await self._until(heard, _seconds(wake_at, now)):
                    heard = asyncio.ensure_future(anext(announcements))
        finally:
            await _cancelled(heard, *self._under_way.values())

    def _is_over(self, lasted: timedelta, did_something: bool) -> bool:
        if activity.is_worker_shutdown():
            return True
        return did_something and lasted >= (LONGEST if self._under_way else ROUND)

    async def _cycle(self) -> datetime | None:
        """Plan what leaves now; gives the next instant at which something more may leave."""
        means, now = self._means, self._means.clock()
        if self._channel is not ChannelName.INBOX:
            plan = await self._plan(now)
            self._ready = deque(plan.bundles)
            return plan.wake_at
        await means.routing.look_at_vacant(now)
        while (await means.routing.route(means.clock())).more:
            pass
        return await means.routing.next_at()

    async def _plan(self, now: datetime) -> Plan:
        means = self._means
        waiting = await means.ledger.waiting(self._channel, now)
        self._behind = {one.contact_id for one in (*waiting.messages, *waiting.gone)} & set(self._under_way)
        if gone := self._free(waiting.gone):
            await means.ledger.fall(gone, now)
        situation = Situation(
            calendar=await means.office.calendar(now),
            limits=SPECS[self._channel].limits,
            pace=means.pace,
            brake=waiting.brake,
            sent=waiting.sent,
            rests=waiting.rests,
            muted=waiting.muted,
        )
        plan = delivery.plan(self._free(waiting.messages), situation, now)
        self._held = plan.held
        if plan.muted:
            await means.ledger.mute(plan.muted, now)
        return plan

    def _free(self, messages: Sequence[Message]) -> list[Message]:
        """Those whose contact point is not being written to; the others have their turn when that has ended."""
        return [one for one in messages if one.contact_id not in self._under_way]

    async def _until(self, heard: "asyncio.Future[bool]", seconds: float) -> bool:
        """Send what is ready until there is reason for another plan, or so many seconds have passed; whether something was heard."""
        closing = asyncio.ensure_future(activity.wait_for_worker_shutdown())
        clock = asyncio.get_running_loop().time
        ends = clock() + seconds
        try:
            while True:
                self._start()
                left = max(ends - clock(), _CROWDED if self._ready else 0.0)
                waited: list[asyncio.Future[Any]] = [heard, closing, *self._under_way.values()]
                done, _ = await asyncio.wait(waited, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                again = self._take_in()
                if heard.done():
                    return heard.result()
                if not done or again or closing.done() or not (self._under_way or self._ready):
                    return False
        finally:
            await _cancelled(closing)

    def _start(self) -> None:
        while self._ready and len(self._under_way) < AT_ONCE:
            bundle = self._ready.popleft()
            self._under_way[bundle.contact_id] = asyncio.create_task(self._send(bundle))

    def _take_in(self) -> bool:
        """Take in what has ended, and raise what it raised; whether it leaves something to plan."""
        again = False
        for contact_id in [one for one, task in self._under_way.items() if task.done()]:
            again |= self._under_way.pop(contact_id).result() or contact_id in self._behind
        return again

    async def _send(self, bundle: Bundle) -> bool:
        """Send what may still leave of a bundle; whether it failed."""
        claimed_at = asyncio.get_running_loop().time()
        attempt = await self._means.ledger.claim(bundle, self._epoch, self._means.clock())
        return attempt is not None and not await self._leave(attempt, claimed_at)

    async def _leave(self, attempt: Attempt, claimed_at: float) -> bool:
        means = self._means
        try:
            letter = await means.office.letter(attempt, self._channel)
            address = await means.office.address(attempt.contact_id)
            if asyncio.get_running_loop().time() - claimed_at > LEASE:
                # this process stood still: another may have the channel, and the message
                await means.ledger.cycle(self._channel, self._epoch, means.clock())
            receipt = await means.channels[self._channel].send(letter, address)
        except (TemporaryFailure, PermanentFailure) as failure:
            return await self._failed(attempt, failure)
        except (Temporary, Overtaken):
            raise
        except Exception as fault:  # one address must not stop a channel; what it may have done is not known
            return await self._failed(attempt, TemporaryFailure(type(fault).__name__, ambiguous=True))
        now = means.clock()
        await means.ledger.sent(attempt, receipt, now)
        waited = now - min(message.queued_at for message in attempt.messages)
        means.meter.left(self._channel, (now - attempt.at).total_seconds(), waited.total_seconds())
        return True

    async def _failed(self, attempt: Attempt, failure: TemporaryFailure | PermanentFailure) -> bool:
        self._means.meter.refused(self._channel, failure.code)
        told = {"bundle": attempt.bundle_id, "contact": attempt.contact_id, "code": failure.code}
        activity.logger.warning("message not taken", extra=told)
        await self._means.ledger.failed(attempt, failure, self._means.clock())
        return False


def _dispatched(counts: Counts, held: int, now: datetime) -> Dispatched:
    age = (now - counts.oldest_at).total_seconds() if counts.oldest_at else 0
    local = now.astimezone(_CHINA)
    return Dispatched(
        sent=counts.sent,
        failed=counts.failed,
        queue=counts.queue,
        held=held,
        oldest_seconds=max(0, int(age)),
        day=f"{local.month}月{local.day}日",
    )


def _seconds(wake_at: datetime | None, now: datetime) -> float:
    return SIGN_OF_LIFE if wake_at is None else min(SIGN_OF_LIFE, max(0.0, (wake_at - now).total_seconds()))


async def _cancelled(*futures: "asyncio.Future[Any]") -> None:
    for future in futures:
        future.cancel()
    await asyncio.gather(*futures, return_exceptions=True)
