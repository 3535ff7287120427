"""The reconciler (自查): once a minute one pass over a part of the record and of what runs, for a supervisor to see.

Invariant: one per namespace, by its workflow id; it holds nothing but where the next pass begins.
"""

from datetime import timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.reconcile import Pass, Passed, ReconcileActivities
    from workflows import options

RECONCILER_ID: Final = "reconciler"
EVERY: Final = timedelta(seconds=60)
_PASSES: Final = 200
_LINES: Final = 20


@workflow.defn(name="Reconciler")
class ReconcilerWorkflow:
    """Runs for ever: a pass, a minute's rest, and so on."""

    @workflow.run
    async def run(self, begin: Pass) -> None:
        """Begin behind ``begin``; after some hundred passes a new run goes on from there."""
        for _ in range(_PASSES):
            passed = await workflow.execute_activity_method(
                ReconcileActivities.reconcile, begin, **options.reconcile("核对数据库、留痕与引擎是否一致")
            )
            workflow.set_current_details(_card(passed))
            begin = passed.next
            await workflow.sleep(EVERY, summary="每分钟自查一次")
        workflow.continue_as_new(begin)


def _card(passed: Passed) -> str:
    """What the last pass came to, in Markdown."""
    verdict = f"发现 {passed.found} 处偏差，已修复 {passed.repaired} 处" if passed.found else "没有偏差"
    lines = [f"### 自查：核对 {passed.cases} 件案卷，{verdict}"]
    lines += [
        f"- {'已修复' if one.repaired else '**待处理**'}　{one.sentence}" for one in passed.drifts[:_LINES]
    ]
    return "\n".join(lines)
