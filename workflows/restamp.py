"""One order to bring running cases under newer days or a newer policy (时限重算), as supervisors see it.

Invariant: one workflow an order, by its id; the orders stay wanted in the database until one has carried them out.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.restamps import RestampActivities
    from workflows import options


def workflow_id(order_id: str) -> str:
    """The workflow that carries out an order."""
    return f"restamp-{order_id}"


@workflow.defn(name="Restamp")
class RestampWorkflow:
    """Carries out one order."""

    @workflow.run
    async def run(self, order_id: str) -> int:
        """Gives how many cases were changed."""
        workflow.set_current_details(f"时限重算 {order_id}：正在逐案重算")
        count = await workflow.execute_activity_method(
            RestampActivities.carry_out, order_id, **options.restamp("逐案重算时限")
        )
        workflow.set_current_details(f"时限重算 {order_id}：已完成，涉及 {count} 案")
        return count
