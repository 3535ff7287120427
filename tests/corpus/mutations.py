"""Careless changes of the workflow of a hazard, each of which would break runs that are under way."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A change of one module: the text that is replaced, the branch whose histories must tell, and what they tell."""

    name: str
    module: str = "hazard"
    old: str
    new: str
    branch: str = "a change was recorded inside the task"
    told: str = "[TMPRL1100] Nondeterminism error"


_LOOP: Final = (
    Mutation(
        name="the case is read by a remote activity",
        old="""execute_local_activity_method(
                HazardActivities.load, self._start.case_id, **options.record_here(about)""",
        new="""execute_activity_method(
                HazardActivities.load, self._start.case_id, **options.record_patiently(about)""",
    ),
    Mutation(
        name="a change is recorded by a remote activity",
        old="""execute_local_activity_method(
                HazardActivities.record, change, **options.record_here(about)""",
        new="""execute_activity_method(
                HazardActivities.record, change, **options.record_patiently(about)""",
    ),
    Mutation(
        name="a change is shown before it is on record",
        old="""            try:
                await self._record(change)
""",
        new="""            self._show(change.case, change)
            try:
                await self._record(change)
""",
    ),
    Mutation(
        name="what supervisors can search by is no longer kept",
        old="        workflow.upsert_search_attributes(search_attributes.changed(case, shown))\n",
        new="",
    ),
    Mutation(
        name="a moment's rest after the case was read",
        old="        workflow.set_current_details(card.card(case))\n        while",
        new="        workflow.set_current_details(card.card(case))\n        await workflow.sleep(1)\n        while",
    ),
    Mutation(
        name="the wait for a command knows no instant of the clock",
        old="lambda: bool(self._decided) or self._may_roll(), timeout=left, timeout_summary=card.wait(case)",
        new="lambda: bool(self._decided) or self._may_roll()",
    ),
    Mutation(
        name="an update answers before its change is on record",
        old="            await self._until_recorded(case.seq, overtaken)\n",
        new="",
    ),
    Mutation(
        name="an update does not wait until the case is read",
        old="        await workflow.wait_condition(lambda: self._case is not None)\n",
        new="",
        branch="an update was accepted before the case was loaded",
        told="the case is not loaded yet",
    ),
    Mutation(
        name="a command overtakes what the clock had to do before it",
        old="            self._catch_up()\n",
        new="",
        branch="a timer and a command met in one task",
    ),
)
_RECORD: Final = (
    Mutation(
        name="the patient record is a local activity too",
        old="""execute_activity_method(
                HazardActivities.record, change, **options.record_patiently(about)""",
        new="""execute_local_activity_method(
                HazardActivities.record, change, **options.record_here(about)""",
        branch="a change was left to the patient record",
    ),
    Mutation(
        name="what was read again is not shown",
        old="        self._overtaken += 1\n        self._show(case)\n",
        new="        self._overtaken += 1\n",
        branch="the record diverged and was read again",
    ),
)
_RUNS: Final = (
    Mutation(
        name="a run goes on after a hundred changes",
        old="_CHANGES_A_RUN = 100",
        new="_CHANGES_A_RUN = 1000",
        branch="continued as new after a hundred changes",
    ),
    Mutation(
        name="the engine's suggestion to continue as new is not heard",
        old=" or workflow.info().is_continue_as_new_suggested()",
        new="",
        branch="continued as new on the engine's suggestion",
    ),
    Mutation(
        name="a cancellation ends the run of an open case",
        old="            workflow.continue_as_new(start)\n\n    async def _carry",
        new="            raise\n\n    async def _carry",
        branch="cancelled while it waited, and continued",
    ),
)
_JUDGED: Final = (
    Mutation(
        name="a refusal does not wait for the record",
        old="""        if self._recorded < seq and workflow.patched("refuse-by-the-record"):
            await self._until_recorded(seq, overtaken)
""",
        new="",
        branch="a refusal waited until what it was judged by was on record",
    ),
    Mutation(
        name="a patch is told by another name",
        old='workflow.patched("refuse-by-the-record")',
        new='workflow.patched("refuse-by-what-is-on-record")',
        branch="a refusal came to nothing with what it was judged by",
    ),
    Mutation(
        name="a remark comes in under another name",
        old="    @workflow.update\n    async def remark(",
        new='    @workflow.update(name="comment")\n    async def remark(',
        branch="a remark was put on record",
    ),
)

ALL: Final = (*_LOOP, *_RECORD, *_RUNS, *_JUDGED)
