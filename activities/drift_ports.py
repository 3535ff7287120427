"""What the reconciler needs of the world outside, as shapes: the record on one side, the engine on the other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.drift import Drift, Examined, OnRecord, Run


class Carried(Protocol):
    """What runs of one type carry, as the record has it. Every method raises ``Temporary``."""

    async def standing(self, limit: int, *, after: str) -> Mapping[str, OnRecord | None]:
        """At most ``limit`` of those that have to run, by number, from behind ``after``; ``None`` for what cannot be read."""
        ...

    async def look(self, known_as: list[str]) -> Mapping[str, OnRecord]:
        """These as they stand now, those that are over too."""
        ...

    async def repair(self, drift: Drift) -> bool:
        """Put right what follows from the record; tell whether it was."""
        ...


class DriftRecord(Carried, Protocol):
    """The record of cases and its tables, for the reconciler. Every method raises ``Temporary``."""

    async def examine(self, limit: int, *, after: str) -> Examined:
        """Compare the tables of at most ``limit`` cases with their chains, by number, from behind ``after``."""
        ...

    async def numbers(self) -> list[Drift]:
        """What is wrong with the case numbers."""
        ...

    async def note(self, drifts: Sequence[Drift], cases: int, now: datetime) -> None:
        """Keep what a pass over so many cases found, and that there was one."""
        ...


class Inventory(Protocol):
    """What runs in the engine. Every method raises ``Temporary``."""

    async def running(self, after: str, to: str | None, *, of: str) -> Mapping[str, Run]:
        """The running workflows of the type ``of`` by number, from behind ``after`` up to ``to``; moments old."""
        ...

    async def look(self, known_as: list[str]) -> Mapping[str, Run]:
        """Those of them that run at this moment."""
        ...

    async def begin(self, standing: OnRecord) -> None:
        """Start its workflow unless it runs."""
        ...

    async def end(self, known_as: str, why: str) -> None:
        """End a run; one that has ended already is left alone."""
        ...
