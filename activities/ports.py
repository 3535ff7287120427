"""What the activities need of the world outside, as shapes; adapters fit them without knowing them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.drift import Drift, Examined, Run, Standing
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


class DriftRecord(Protocol):
    """The record and its tables, for the reconciler. Every method raises ``Temporary``."""

    async def examine(self, limit: int, *, after: str) -> Examined:
        """Compare the tables of at most ``limit`` cases with their chains, by number, from behind ``after``."""
        ...

    async def numbers(self) -> list[Drift]:
        """What is wrong with the case numbers."""
        ...

    async def standing(self, limit: int, *, after: str) -> dict[str, Standing]:
        """At most ``limit`` open cases by number, from behind ``after``."""
        ...

    async def look(self, case_ids: list[str]) -> dict[str, Standing]:
        """These cases as they stand now, closed ones too."""
        ...

    async def repair(self, drift: Drift) -> bool:
        """Put right what follows from the record; tell whether it was."""
        ...

    async def note(self, drifts: Sequence[Drift], cases: int, now: datetime) -> None:
        """Keep what a pass over so many cases found, and that there was one."""
        ...


class Inventory(Protocol):
    """What runs in the engine. Every method raises ``Temporary``."""

    async def running(self, after: str, to: str | None) -> Mapping[str, Run]:
        """The running hazards by number, from behind ``after`` up to ``to``; moments old."""
        ...

    async def look(self, case_ids: list[str]) -> Mapping[str, Run]:
        """Those of the cases that run at this moment."""
        ...

    async def start_missing(self, case: Case) -> bool:
        """Start the case's workflow unless it runs."""
        ...

    async def end(self, case_id: str, why: str) -> None:
        """End the run of a case; one that has ended already is left alone."""
        ...
