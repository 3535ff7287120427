"""What the activities need of the world outside, as shapes; adapters fit them without knowing them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.collection import Board, Frozen
from domain.hazard import Case, Change, Restamp
from domain.restamps import RestampOrder
from domain.seals import Seal
from domain.terms import Terms
from domain.workdays import Calendar


class Seals(Protocol):
    """The daily seals over the heads of all chains."""

    async def make(self, now: datetime) -> Seal:
        """The seal of the local day of ``now`` (aware), made unless there is one. Raises ``Temporary``."""
        ...


class RosterNumbers(Protocol):
    """The mobile numbers of those on duty, which are kept only for so long."""

    async def purge(self, now: datetime) -> int:
        """Remove those whose time is over at ``now`` (aware); gives of how many shifts. Raises ``Temporary``."""
        ...


class HazardRecord(Protocol):
    """The record of hazard cases."""

    async def load(self, case_id: str) -> Case:
        """The case as recorded, noting that a run has it. Raises ``Refused`` (unknown) or ``Temporary``."""
        ...

    async def append(self, change: Change) -> None:
        """Write a change, once. Raises ``Diverged`` when another writer took its place, or ``Temporary``."""
        ...


class Intake(Protocol):
    """The cases on record whose workflow has not read them yet."""

    async def wanted(self) -> list[str]:
        """Their numbers, in order."""
        ...

    async def still_wanted(self, numbers: Sequence[str]) -> list[Case]:
        """Those of ``numbers`` that no run has read meanwhile, in order."""
        ...

    def announcements(self) -> AsyncGenerator[None]:
        """One item at once, then one whenever a start may be wanted. Raises ``Temporary``."""
        ...


class Engine(Protocol):
    """Where workflows are started."""

    async def start(self, case: Case) -> None:
        """Start the case's workflow; a repeat is harmless. Raises ``Temporary``."""
        ...

    async def start_restamp(self, order_id: str) -> None:
        """Start carrying out an order; a repeat is harmless. Raises ``Temporary``."""
        ...

    async def look(self, collection_id: str) -> None:
        """Start the collection's workflow, or make the running one look again. Raises ``Temporary``."""
        ...


class Restamper(Protocol):
    """Where running cases are brought under newer terms."""

    async def start(self, case: Case) -> None:
        """Start the case's workflow; a repeat is harmless. Raises ``Temporary``."""
        ...

    async def restamp(self, case_id: str, newer: Restamp) -> object:
        """Bring newer terms to a running case. Raises ``Refused`` (``not_running``) or ``Temporary``."""
        ...


class Orders(Protocol):
    """The orders that are not carried out yet."""

    async def wanted(self) -> list[str]:
        """Their ids, the oldest first."""
        ...


class Restamps(Protocol):
    """What an order wants of which cases."""

    async def order(self, order_id: str) -> RestampOrder:
        """One order. Raises ``Refused`` (unknown) or ``Temporary``."""
        ...

    async def open_cases(self, after: str, limit: int) -> list[Case]:
        """At most ``limit`` open cases, by number, from behind ``after``."""
        ...

    async def policy(self, version: str) -> Terms:
        """One version of the policy, without days."""
        ...

    async def older(self, version: str, by: datetime) -> tuple[str, ...]:
        """The other versions of the policy that were in force by an instant (aware): those that give way to this one."""
        ...

    async def calendar(self, region: str) -> Calendar:
        """The calendar of a region as it is now."""
        ...

    async def teams(self, unit_ids: Sequence[str]) -> Mapping[str, str]:
        """The post of the team that covers each of some units now, by unit."""
        ...

    async def done(self, order_id: str, cases: int, now: datetime) -> None:
        """Note that the order is carried out, and how many cases it changed."""
        ...


class OpenCases(Protocol):
    """The cases that somebody still has something to do about."""

    async def open_cases(self, limit: int, *, after: str) -> list[Case]:
        """At most ``limit`` of them, in the order of their numbers, from behind ``after``. Raises ``Temporary``."""
        ...


class Starter(Protocol):
    """Where workflows are started that do not run."""

    async def start_missing(self, case: Case) -> bool:
        """Start the case's workflow unless it runs; tell whether it was started. Raises ``Temporary``."""
        ...


class CollectionRecord(Protocol):
    """The record of collections. Every method raises ``Temporary``."""

    async def look(self, collection_id: str) -> Board:
        """The board of a collection, noting that a run has read it. Raises ``Refused`` (unknown)."""
        ...

    async def step(self, collection_id: str, now: datetime) -> Board:
        """Take the one step that is due at ``now``, once; gives the board after it."""
        ...

    async def wanted(self) -> list[str]:
        """The collections whose workflow has to be started or to look again, in order."""
        ...


class OpenCollections(Protocol):
    """The collections about which the clock has something to do."""

    async def open_ids(self, after: str, limit: int) -> list[str]:
        """At most ``limit`` of them, by number, from behind ``after``. Raises ``Temporary``."""
        ...


class Looker(Protocol):
    """Where workflows of collections are started."""

    async def look(self, collection_id: str) -> None:
        """Start the workflow, or make the running one look again. Raises ``Temporary``."""
        ...


class FrozenLists(Protocol):
    """The frozen lists of collections. Every method raises ``Temporary``."""

    async def frozen(self, collection_id: str) -> Frozen | None:
        """The frozen list with all its lines, or ``None`` before the cut-off."""
        ...

    async def drafted(self, collection_id: str, now: datetime) -> None:
        """Note that a bulletin was drafted from it; a repeat changes nothing."""
        ...


class Bulletins(Protocol):
    """Where bulletins (通报) are made from frozen lists."""

    async def draft(self, collection_id: str, frozen: Frozen) -> None:
        """Make the draft of a bulletin; a repeat for the same collection is harmless. Raises ``Temporary``."""
        ...


class BulletinClock(Protocol):
    """What is due about bulletins. Every method raises ``Temporary``."""

    async def due(self, now: datetime, limit: int) -> list[str]:
        """At most ``limit`` bulletins about which something is due at ``now`` (aware)."""
        ...

    async def next_at(self) -> datetime | None:
        """When the next thing is due, if anything is."""
        ...

    async def take(self, bulletin_id: str, now: datetime) -> bool:
        """Do what is due about a bulletin, once; false when nothing was."""
        ...
