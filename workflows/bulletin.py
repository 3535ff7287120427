"""The clock of bulletins (通报): who is told that a draft waits, and who is chased to read what was issued.

Invariant: one per namespace, by its workflow id; it holds nothing but the instant for which it waits, which it reads from the
record; whoever changes something wakes it, and a word that was lost costs six hours at most.
"""

from datetime import timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.bulletin import BulletinActivities, Kept
    from workflows import moments, options

CLOCK_ID: Final = "bulletin-clock"
LONGEST: Final = timedelta(hours=6)
SHORTEST: Final = timedelta(seconds=5)
_ROUNDS: Final = 300


@workflow.defn(name="BulletinClock")
class BulletinClockWorkflow:
    """Runs for ever: a look, then a wait for the next instant or for a word from outside."""

    @workflow.init
    def __init__(self, told: int = 0, ahead: int | None = None) -> None:
        self._told, self._ahead = told, ahead
        self._woken = False

    @workflow.signal
    def wake(self) -> None:
        """Something about a bulletin has changed: look again."""
        self._woken = True

    @workflow.run
    async def run(self, told: int = 0, ahead: int | None = None) -> None:  # noqa: ARG002 - kept by __init__
        """Keep the time of all bulletins; ``told`` is how often somebody was told in earlier runs, ``ahead`` of a rehearsal."""
        for _ in range(_ROUNDS):
            self._woken = False
            kept = await workflow.execute_activity_method(
                BulletinActivities.keep_time,
                moments.now(self._ahead),
                **options.reconcile("提醒待办的通报文稿，向未签收的单位催阅"),
            )
            self._told += kept.told
            workflow.set_current_details(_card(kept, self._told))
            await self._wait(kept)
            if workflow.info().is_continue_as_new_suggested():
                break
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(args=[self._told, self._ahead])

    async def _wait(self, kept: Kept) -> None:
        left = LONGEST if kept.next_at is None else min(kept.next_at - moments.exact(self._ahead), LONGEST)
        try:
            await workflow.wait_condition(
                lambda: self._woken, timeout=max(left, SHORTEST), timeout_summary="等候下一次催办"
            )
        except TimeoutError:
            return


def _card(kept: Kept, told: int) -> str:
    """Where the clock is, in Markdown."""
    coming = "没有待催办的通报" if kept.next_at is None else f"下一次催办：{kept.next_at:%Y-%m-%d %H:%M} UTC"
    return f"### 通报催办：已催办 {told} 份次\n- {coming}"
