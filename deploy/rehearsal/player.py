"""Playing a scenario: from one instant at which anything happens to the next, until the curtain falls.

Invariant: of one instant, what the clock does comes first, by number of the case, then what the scenario's people do, as
written; so the same scenario gives the same timeline.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.postgres.rehearsals import Leaving
from deploy.rehearsal import acts, changes
from deploy.rehearsal.scenario import Event, Scenario
from deploy.rehearsal.stage import Stage
from deploy.rehearsal.timeline import INBOX, OF_NOTICE, Kind, Line, spoken

Show = Callable[[datetime, int], None]


@dataclass
class Player:
    """Plays one scenario on a stage; ``lines`` is the timeline so far."""

    stage: Stage
    scenario: Scenario
    lines: list[Line] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    async def play(self, show: Show) -> list[Line]:
        """The whole timeline; ``show`` is given each instant and the number of lines so far. Raises ``StackError``."""
        events = self.scenario.in_order()
        while (at := await self._next(events)) is not None and at <= self.scenario.last:
            self.stage.set(at)
            if self.stage.back_at is not None and self.stage.back_at <= at:
                self.lines += await changes.recover(self.stage)
            await self._take_steps()
            await self._tell()
            while events and events[0].at == at:
                self.lines += await acts.play(self.stage, events.pop(0))
                await self._tell()
            show(at, len(self.lines))
        return self.lines

    async def _next(self, events: Sequence[Event]) -> datetime | None:
        """The next instant at which anything happens; while the engine is away no clock of a case acts."""
        stage, coming = self.stage, [event.at for event in events[:1]]
        if stage.back_at is not None:
            coming.append(stage.back_at)
        by_itself = await stage.record.next_instant(stage.clock(), stepping=not stage.engine_away)
        if by_itself is not None:
            coming.append(max(by_itself, stage.now))
        return min(coming, default=None)

    async def _take_steps(self) -> None:
        if self.stage.engine_away:
            return
        at = self.stage.clock()
        if due := await self.stage.record.due(at):
            await self.stage.follow(due)
            await self.stage.settled(lambda: self.stage.record.due(at), "到期事项")

    async def _tell(self) -> None:
        for one in await self.stage.record.leaving(self.stage.clock(), self.told):
            self.told.add(one.id)
            self.lines.append(await self._line(one))

    async def _line(self, one: Leaving) -> Line:
        holders = await self.stage.directory.holders(one.post_id, self.stage.clock())
        names = [await self.stage.name(holder) for holder in holders]
        waited = (
            "" if one.leaves_at <= one.due_at or one.late else f"（{spoken(one.due_at)}到期，待上班时发出）"
        )
        return Line(
            at=max(one.leaves_at, self.scenario.starts),
            kind=OF_NOTICE.get(one.kind, Kind.ACT),
            case=one.case_id,
            kind_of_case=one.kind_of_case,
            unit=one.unit_id,
            step=one.kind.value,
            post=one.post_id,
            person="、".join(names) or None,
            channel=INBOX,
            text=f"{one.text}{'（补发）' if one.late else waited}",
        )
