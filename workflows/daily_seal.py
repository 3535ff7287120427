"""The daily seal (每日封存): shortly after midnight the heads of all chains are sealed and signed.

Invariant: one per namespace, by its workflow id; after an outage it seals as soon as it runs again, and that seal covers
everything since the one before.
"""

from datetime import timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.seals import SealActivities, Sealed
    from workflows import options

DAILY_SEAL_ID: Final = "daily-seal"
_DAYS: Final = 100
_REST: Final = timedelta(minutes=1)
"""The shortest wait: should the clocks of engine and worker differ, the same day is asked for once a minute, harmlessly."""


@workflow.defn(name="DailySeal")
class DailySealWorkflow:
    """Runs for ever: a seal, the rest of the day, and so on."""

    @workflow.run
    async def run(self, sealed_before: int = 0) -> None:
        """Seal today at once, then every day; after some hundred days a new run goes on from there.

        ``sealed_before`` is how many days earlier runs have sealed.
        """
        for done in range(1, _DAYS + 1):
            sealed = await workflow.execute_activity_method(
                SealActivities.make, **options.seal("封存各链末条的哈希并签名")
            )
            workflow.set_current_details(_card(sealed, sealed_before + done))
            rest = max(sealed.next_at - workflow.now(), _REST)
            await workflow.sleep(rest, summary="等候次日零时十分的封存")
        workflow.continue_as_new(sealed_before + _DAYS)


def _card(sealed: Sealed, days: int) -> str:
    """What the last seal is, in Markdown."""
    purged = f"\n- 已清除期满的值班手机号：{sealed.purged} 个班次" if sealed.purged else ""
    return (
        f"### 每日封存：第 {sealed.number} 号（{sealed.day.isoformat()}）\n"
        f"- 自上一号以来有新记录的链：{sealed.chains} 条\n- 封存哈希：`{sealed.hash}`\n- 本流程已封存 {days} 日{purged}"
    )
