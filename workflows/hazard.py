"""One hazard from discovery to closure: the workflow decides, the record remembers.

Invariant: handlers decide and queue, the main loop is the only place that records, and an update returns only
after its change is on record. A run reads the case from the record when it starts, so that a repeated start, a
reopened case (反销号) and a new empty engine are all the same thing; one that finds its record moved on reads it again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.hazard import DIVERGED, HazardActivities
    from domain import hazard
    from domain.errors import Refused
    from domain.hazard import Case, Change, Command, Remark, Restamp
    from workflows import card, failures, moments, options, search_attributes
    from workflows.messages import Acknowledged, HazardStart, as_failure

_CHANGES_A_RUN = 100
"""How many changes one run records before the next one goes on from the record: replay stays short."""

_ATTEMPTS = 3
"""How often a command is decided anew when the record moved on under it."""


@workflow.defn(name="Hazard")
class HazardWorkflow:
    """The closed loop of one hazard; its id is the case number."""

    @workflow.init
    def __init__(self, start: HazardStart) -> None:
        self._start = start
        self._case: Case | None = None
        self._decided: list[Change] = []
        self._recorded = 0
        self._read = 0
        self._overtaken = 0

    @workflow.run
    async def run(self, start: HazardStart) -> str:
        """Carry the case to its end; returns the last stage in Chinese.

        A case ends by its own rules only: a cancellation from outside makes a new run that goes on from the record.
        """
        try:
            return await self._carry(start)
        except (asyncio.CancelledError, FailureError) as error:
            if not is_cancelled_exception(error):
                raise
            workflow.continue_as_new(start)

    async def _carry(self, start: HazardStart) -> str:
        case = self._case = await self._load()
        self._recorded = self._read = case.seq
        workflow.set_current_details(card.card(case))
        while case.stage.is_open or self._decided:
            await self._record_decided()
            if self._may_roll():
                workflow.continue_as_new(start)
            case = await self._wait(self._current)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return case.stage.label

    @workflow.update
    async def act(self, command: Command) -> Acknowledged:
        """Apply one command; answers when the change is on record. A repeated request changes nothing."""
        return await self._answer(lambda case, now: hazard.apply(case, command, now))

    @act.validator
    def check_act(self, command: Command) -> None:
        """Refuse before anything is written to history; see :meth:`_refuse`."""
        self._refuse(command.request_id, lambda case: hazard.check(case, command, self._now()))

    @workflow.update
    async def restamp(self, newer: Restamp) -> Acknowledged:
        """Go on under newer terms or days; answers when that is on record. A repeated request changes nothing."""
        return await self._answer(lambda case, now: hazard.restamp(case, newer, now))

    @workflow.update
    async def remark(self, given: Remark) -> Acknowledged:
        """Put on record what somebody from outside says; answers when it is. A repeated request changes nothing."""
        return await self._answer(lambda case, now: hazard.remark(case, given, now))

    @remark.validator
    def check_remark(self, given: Remark) -> None:
        """Refuse before anything is written to history; see :meth:`_refuse`."""
        self._refuse(given.request_id, hazard.check_remark)

    def _refuse(self, request_id: str, check: Callable[[Case], object]) -> None:
        """Refuse what the case does not allow; a repeat is let through to its first answer.

        A case that is ahead of its record is no ground to refuse on: the handler judges when it is on record.
        """
        if self._case is None or request_id in self._case.recent_requests:
            return
        if self._recorded < self._case.seq:
            return
        try:
            check(self._case)
        except Refused as refused:
            raise as_failure(refused) from None

    async def _answer(self, decide: Callable[[Case, datetime], Change | None]) -> Acknowledged:
        """Decide, and answer when it is on record; decided anew when the record moved on under it."""
        await workflow.wait_condition(lambda: self._case is not None)
        for _ in range(_ATTEMPTS):
            overtaken = self._overtaken
            self._catch_up()
            try:
                change = decide(self._current, self._now())
            except Refused as refused:
                if await self._stands(overtaken):
                    raise as_failure(refused) from None
                continue
            if change is not None:
                self._decide(change)
            case = self._current
            await self._until_recorded(case.seq, overtaken)
            if self._overtaken == overtaken:
                return Acknowledged(case_id=case.id, seq=case.seq, stage=case.stage.value)
        raise ApplicationError("the record keeps moving", type="RecordMoved", non_retryable=True)

    async def _stands(self, overtaken: int) -> bool:
        """Whether what a refusal was judged by is on record; what comes to nothing refuses nobody."""
        seq = self._current.seq
        if self._recorded < seq and workflow.patched("refuse-by-the-record"):
            await self._until_recorded(seq, overtaken)
        return self._overtaken == overtaken

    @property
    def _current(self) -> Case:
        if self._case is None:
            raise RuntimeError("the case is not loaded yet")
        return self._case

    def _now(self) -> datetime:
        return moments.now(self._start.ahead)

    def _decide(self, change: Change) -> None:
        self._case = change.case
        self._decided.append(change)

    def _catch_up(self) -> None:
        """What the clock had to do before now comes first, also when its timer and a command arrive together."""
        while (change := hazard.step(self._current, self._now())) is not None:
            self._decide(change)

    async def _wait(self, case: Case) -> Case:
        """Wait for a command or the next instant at which the clock acts, whichever comes first."""
        if not case.stage.is_open:
            return case
        coming = hazard.next_step(case)
        left = None if coming is None else coming.at - moments.exact(self._start.ahead)
        if left is not None and left.total_seconds() <= 0:
            self._take_step()
            return self._current
        try:
            await workflow.wait_condition(
                lambda: bool(self._decided) or self._may_roll(), timeout=left, timeout_summary=card.wait(case)
            )
        except TimeoutError:
            if not self._decided:
                self._take_step()
        return self._current

    def _take_step(self) -> None:
        change = hazard.step(self._current, self._now())
        if change is not None:
            self._decide(change)

    async def _record_decided(self) -> None:
        while self._decided:
            change = self._decided[0]
            try:
                await self._record(change)
            except FailureError as error:
                if not _is_diverged(error):
                    raise
                await self._read_again()
                return
            self._decided.pop(0)
            self._recorded = change.entry.seq
            self._show(change.case, change)

    async def _until_recorded(self, seq: int, overtaken: int) -> None:
        await workflow.wait_condition(lambda: self._recorded >= seq or self._overtaken != overtaken)

    async def _read_again(self) -> None:
        """Another writer took the next place: what was decided on the old state is decided anew."""
        case = await self._load()
        self._case, self._recorded, self._read = case, case.seq, case.seq
        self._decided.clear()
        self._overtaken += 1
        self._show(case)

    async def _load(self) -> Case:
        about = "调阅案卷"
        try:
            return await workflow.execute_local_activity_method(
                HazardActivities.load, self._start.case_id, **options.record_here(about)
            )
        except FailureError as error:
            failures.raise_if_final(error)
            return await workflow.execute_activity_method(
                HazardActivities.load, self._start.case_id, **options.record_patiently(about)
            )

    async def _record(self, change: Change) -> None:
        about = card.act(change)
        try:
            await workflow.execute_local_activity_method(
                HazardActivities.record, change, **options.record_here(about)
            )
        except FailureError as error:
            failures.raise_if_final(error)
            await workflow.execute_activity_method(
                HazardActivities.record, change, **options.record_patiently(about)
            )

    def _show(self, case: Case, last: Change | None = None) -> None:
        workflow.set_current_details(card.card(case, last))
        shown = workflow.info().typed_search_attributes
        workflow.upsert_search_attributes(search_attributes.changed(case, shown))

    def _may_roll(self) -> bool:
        long = self._recorded - self._read >= _CHANGES_A_RUN or workflow.info().is_continue_as_new_suggested()
        return long and workflow.all_handlers_finished()


def _is_diverged(error: FailureError) -> bool:
    cause = failures.cause(error)
    return isinstance(cause, ApplicationError) and cause.type == DIVERGED
