"""What the delivery needs of the world outside, as shapes; adapters fit them without knowing them."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.delivery import Brake, Bundle, ChannelName, Message, Pace
from domain.delivery.sending import Address, Outgoing, PermanentFailure, Receipt, TemporaryFailure
from domain.workdays import Calendar


class Overtaken(Exception):  # noqa: N818
    """Another dispatcher took over the channel; this one may write nothing more."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits for a channel, and what the rules need to know of it: see :class:`domain.delivery.Situation`."""

    messages: Sequence[Message]
    gone: Sequence[Message] = ()
    """Messages whose contact point was given up meanwhile."""
    sent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    rests: Mapping[str, datetime] = field(default_factory=dict)
    muted: Mapping[str, datetime] = field(default_factory=dict)
    brake: Brake = field(default_factory=Brake)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt that is on record and may leave: the message's id, what is left of the bundle, and whether it is a repeat."""

    bundle_id: str
    number: int
    first_at: datetime
    at: datetime
    messages: tuple[Message, ...]
    contact_id: str
    resent: bool

    @property
    def urgent(self) -> bool:
        """Whether anything in it is urgent."""
        return any(message.urgent for message in self.messages)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How a channel stands: messages that wait, since when the oldest may leave (aware), sent and failed today."""

    queue: int
    oldest_at: datetime | None
    sent: int
    failed: int


class Routing(Protocol):
    """Where notices become messages. Every method raises ``Temporary``."""

    async def route(self, now: datetime) -> "Routed":
        """Route a batch of what is due."""
        ...

    async def next_at(self) -> datetime | None:
        """When the next notice comes due."""
        ...

    async def look_at_vacant(self, now: datetime) -> None:
        """Queue the notices again whose post was vacant and is held now."""
        ...


class Routed(Protocol):
    """What a batch came to."""

    @property
    def notices(self) -> int:
        """How many notices were routed."""
        ...

    @property
    def more(self) -> bool:
        """Whether more wait."""
        ...


class Ledger(Protocol):
    """The ledger of messages. Every method raises ``Temporary``."""

    async def begin(self, channel: ChannelName, now: datetime) -> int:
        """Take the channel over; attempts that nobody will end may have arrived. Gives the epoch."""
        ...

    async def cycle(self, channel: ChannelName, epoch: int, now: datetime) -> Counts:
        """Note that a cycle ended. Raises ``Overtaken``."""
        ...

    async def waiting(self, channel: ChannelName, now: datetime) -> Waiting:
        """What waits for the channel."""
        ...

    async def claim(self, bundle: Bundle, epoch: int, now: datetime) -> Attempt | None:
        """Put an attempt on record for what may still leave of a bundle. Raises ``Overtaken``."""
        ...

    async def sent(self, attempt: Attempt, receipt: Receipt, now: datetime) -> None:
        """The receiver took it; a repeat, and one that was overtaken, change nothing."""
        ...

    async def failed(
        self, attempt: Attempt, failure: TemporaryFailure | PermanentFailure, now: datetime
    ) -> None:
        """The receiver did not take it; what follows is put on record with it."""
        ...

    async def mute(self, keys: Sequence[str], now: datetime) -> None:
        """These messages are kept to the inbox."""
        ...

    async def fall(self, messages: Sequence[Message], now: datetime) -> None:
        """The contact point of these messages is gone; the next channel is theirs."""
        ...

    def announcements(self, channel: ChannelName) -> AsyncGenerator[bool]:
        """``True`` at once and whenever something may wait for the channel. Raises ``Temporary`` at the end."""
        ...


class Office(Protocol):
    """What else is needed to write a message."""

    async def address(self, contact_id: str) -> Address:
        """Where a contact point is."""
        ...

    async def letter(self, attempt: Attempt, channel: ChannelName) -> Outgoing:
        """The message as it is sent, worded for its channel."""
        ...

    async def calendar(self, now: datetime) -> Calendar:
        """The calendar by which quiet hours go."""
        ...


class Channel(Protocol):
    """What sends."""

    async def send(self, message: Outgoing, address: Address) -> Receipt:
        """Send one message. Raises ``TemporaryFailure`` or ``PermanentFailure``."""
        ...


class Meter(Protocol):
    """What is counted for the metrics."""

    def stands(self, channel: ChannelName, counts: Counts, now: datetime) -> None:
        """How a channel stands."""
        ...

    def left(self, channel: ChannelName, seconds: float, waited: float) -> None:
        """A message was taken after so many seconds of sending, its oldest notice having waited so many."""
        ...

    def refused(self, channel: ChannelName, code: str) -> None:
        """An attempt failed."""
        ...


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
