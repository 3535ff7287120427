"""What the activities need of the world outside, as shapes; adapters fit them without knowing them."""

from collections.abc import AsyncGenerator
from typing import Protocol

from domain.hazard import Case, Change


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

    async def wanted(self, limit: int, *, after: str) -> list[Case]:
        """At most ``limit`` of them, in the order of their numbers, from behind the number ``after``."""
        ...

    def announcements(self) -> AsyncGenerator[None]:
        """One item at once, then one whenever a start may be wanted. Raises ``Temporary``."""
        ...


class Engine(Protocol):
    """Where workflows are started."""

    async def start(self, case: Case) -> None:
        """Start the case's workflow; a repeat is harmless. Raises ``Temporary``."""
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
