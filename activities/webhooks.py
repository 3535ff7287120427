"""Sending events to their subscribers (事件推送): one round at a time, many cases at once, each case in order.

Invariant: a crash at any point repeats at worst the attempts that were under way, with the same message ids; a case that
fails waits alone, and a receiver of which many cases in a row fail is left alone as a whole.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from temporalio import activity

from activities.waiting import before_shutdown
from domain import webhooks
from domain.events import Event
from domain.webhooks import Due, Judged, SendOutcome, Subscription, Tally, WebhookState

AT_ONCE: Final = 8
"""Cases that are sent for at once; when so many in a row fail, the receiver is left alone."""

MOMENT_SECONDS: Final = 0.2
"""What happens within so many seconds is told to a subscription at once."""

_TAKEN: Final = 500
_LANES: Final = 200
_MOST: Final = 1_000
"""Attempts of one round; the workflow shows between rounds how things stand."""


class Queue(Protocol):
    """What is to be sent to whom. Every method raises ``Temporary``."""

    def announcements(self) -> AsyncGenerator[None]:
        """One item at once, then one whenever something happened."""
        ...

    async def behind(self) -> list[str]:
        """The subscriptions that have not taken over all events."""
        ...

    async def hold(self, webhook_id: str, holder: str) -> Subscription:
        """Take a subscription over for one round."""
        ...

    async def take(self, webhook_id: str, limit: int) -> int:
        """Make deliveries of the next events; how many events were looked at."""
        ...

    async def lanes(self, webhook_id: str, now: datetime, limit: int) -> list[str]:
        """The cases of which something may be sent."""
        ...

    async def first(self, webhook_id: str, subject: str, now: datetime) -> Due | None:
        """The oldest pending event of a case, if it may be sent."""
        ...

    async def begin(self, webhook_id: str, due: Due, holder: str, at: datetime) -> int | None:
        """Put an attempt on record; ``None`` when this round may not send it any more."""
        ...

    async def end(
        self, webhook_id: str, due: Due, number: int, judged: Judged, at: datetime, next_at: datetime | None
    ) -> None:
        """Put on record what came of an attempt."""
        ...

    async def quiet(self, webhook_id: str, until: datetime | None) -> None:
        """Leave the whole receiver alone until then, or no longer."""
        ...

    async def quiet_rounds(self, webhook_id: str) -> int:
        """How often in a row the whole receiver was left alone."""
        ...

    async def stop(self, webhook_id: str, holder: str, reason: SendOutcome, at: datetime) -> None:
        """Send nothing more until a person resumes it."""
        ...

    async def tally(self, webhook_id: str) -> Tally:
        """How a subscription stands."""
        ...


class Posts(Protocol):
    """How one event is sent."""

    async def send(self, to: Subscription, event: Event, attempt: int) -> Judged:
        """Send once; every way to fail is an outcome."""
        ...


class Engine(Protocol):
    """What runs the subscriptions."""

    async def start_webhook(self, webhook_id: str, *, signal: str | None = None) -> None:
        """Make sure that a subscription runs; the signal ``wake`` makes it look. Raises ``Temporary``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Round:
    """A round for one subscription at ``now`` (aware, the workflow's time)."""

    webhook_id: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a round came to; ``more`` when there is more to do at once."""

    sent: int
    more: bool
    tally: Tally


class WebhookActivities:
    """``queue`` holds what is to be sent, ``posts`` sends it, ``engine`` runs the subscriptions."""

    def __init__(self, queue: Queue, posts: Posts, engine: Engine) -> None:
        self._queue = queue
        self._posts = posts
        self._engine = engine

    @activity.defn(name="webhook.ring")
    async def ring(self) -> int:
        """Wait for events and wake the subscriptions that lack some; gives how many were woken after many, or at shutdown.

        What happens within a moment wakes a subscription once. Raises ``Temporary`` when the engine or the database is
        away; the retry policy brings it back, and the first look is at once.
        """
        announcements, woken = self._queue.announcements(), 0
        try:
            while woken < _MOST and await before_shutdown(anext(announcements)):
                for webhook_id in await self._queue.behind():
                    await self._engine.start_webhook(webhook_id, signal="wake")
                    woken += 1
                await before_shutdown(asyncio.sleep(MOMENT_SECONDS))
            return woken
        finally:
            await announcements.aclose()

    @activity.defn(name="webhook.deliver")
    async def deliver(self, wanted: Round) -> Told:
        """Send what may be sent now, and tell how the subscription stands. Raises ``Temporary``."""
        info = activity.info()
        holder = f"{info.workflow_run_id}/{info.activity_id}/{info.attempt}"
        hook = await self._queue.hold(wanted.webhook_id, holder)
        run = _Run(self._queue, self._posts, hook, holder, wanted.now)
        if hook.state is WebhookState.ACTIVE:
            await before_shutdown(run.everything())
        tally = await self._queue.tally(hook.id)
        return Told(sent=run.sent, more=run.more and tally.state is WebhookState.ACTIVE, tally=tally)


class _Run:
    """One round: it ends when nothing may be sent, when the receiver is to be left alone, or after many attempts."""

    def __init__(self, queue: Queue, posts: Posts, hook: Subscription, holder: str, now: datetime) -> None:
        self._queue, self._posts, self._hook, self._holder = queue, posts, hook, holder
        self._now, self._began = now, time.monotonic()
        self.sent, self._tried, self._failing = 0, 0, 0
        self._next_tries: list[datetime] = []
        self.more, self._over = False, False

    def _at(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._began)

    async def everything(self) -> None:
        hook = self._hook
        resting = hook.quiet_until is not None and hook.quiet_until > self._now
        while not self._over:
            taken = await self._queue.take(hook.id, _TAKEN)
            lanes = [] if resting else await self._queue.lanes(hook.id, self._at(), _LANES)
            if lanes:
                await self._all_of(lanes)
            elif taken < _TAKEN:
                return

    async def _all_of(self, lanes: list[str]) -> None:
        """Work on so many cases at once, until all have had their turn or the round is over."""
        waiting = iter(lanes)

        async def work() -> None:
            for subject in waiting:
                if self._over:
                    return
                await self._lane(subject)

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
        if self._failing >= AT_ONCE:
            self._over, self.more = True, False
            await self._leave_alone()

    async def _lane(self, subject: str) -> None:
        """The events of one case, in order, up to the first that is not taken."""
        while not self._over and (due := await self._queue.first(self._hook.id, subject, self._at())):
            if not await self._attempt(due):
                return

    async def _attempt(self, due: Due) -> bool:
        began_at = self._at()
        number = await self._queue.begin(self._hook.id, due, self._holder, began_at)
        if number is None:
            self._over = True
            return False
        judged = await self._posts.send(self._hook, due.event, number)
        self._tried += 1
        if self._tried >= _MOST:
            self._over = self.more = True
        if judged.outcome is SendOutcome.ACCEPTED:
            await self._queue.end(self._hook.id, due, number, judged, self._at(), None)
            await self._taken()
            return True
        await self._not_taken(due, number, judged, began_at)
        return False

    async def _taken(self) -> None:
        self.sent, self._failing = self.sent + 1, 0
        if self.sent == 1 and self._hook.quiet_until is not None:
            await self._queue.quiet(self._hook.id, None)

    async def _not_taken(self, due: Due, number: int, judged: Judged, began_at: datetime) -> None:
        at = self._at()
        next_at = webhooks.next_try(due.tries + 1, judged.asked, at)
        await self._queue.end(self._hook.id, due, number, judged, at, next_at)
        self._failing += 1
        if reason := webhooks.final(judged, due.tried_since or began_at, at):
            self._over = True
            await self._queue.stop(self._hook.id, self._holder, reason, at)
        elif self._failing >= AT_ONCE:
            self._over = True

    async def _leave_alone(self) -> None:
        rounds = await self._queue.quiet_rounds(self._hook.id)
        await self._queue.quiet(self._hook.id, webhooks.next_try(rounds + 1, None, self._at()))
