"""The audit of the delivery (送达复核), started each night by a schedule of the engine.

Invariant: one at a time, by its schedule; what it found stands in its details and in the database.
"""

from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.delivery_audit import AuditFound, DeliveryAuditActivities
    from workflows import options

SCHEDULE_ID: Final = "delivery-audit"


@workflow.defn(name="DeliveryAudit")
class DeliveryAuditWorkflow:
    """One audit."""

    @workflow.run
    async def run(self) -> AuditFound:
        """Audit, and show what was found."""
        found = await workflow.execute_activity_method(
            DeliveryAuditActivities.audit, **options.audit("由留痕重新推算应发的通知，与实发核对")
        )
        workflow.set_current_details(card(found))
        return found


def card(found: AuditFound) -> str:
    """What an audit found, in Markdown."""
    verdict = (
        f"漏发 {found.missing}，多发 {found.extra}" if found.missing or found.extra else "无漏发，无多发"
    )
    return "\n".join(
        [f"### 送达复核：{found.notices} 份通知，{verdict}", *(f"- {one}" for one in found.sentences)]
    )
