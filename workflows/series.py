"""One period of a series (周期收集), started by its Temporal Schedule.

Invariant: the schedule says only that a day has come; whether it gets a collection is decided in the record, by the calendar.
"""

from typing import Final

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from activities.series import Occasion, SeriesActivities
    from workflows import options

SCHEDULED_AT: Final = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")


def schedule_id(series_id: str) -> str:
    """The schedule of a series."""
    return f"series-{series_id}"


@workflow.defn(name="SeriesPeriod")
class SeriesPeriodWorkflow:
    """Opens the collection of one period."""

    @workflow.run
    async def run(self, series_id: str) -> str:
        """Gives what became of the period, in Chinese."""
        at = workflow.info().typed_search_attributes.get(SCHEDULED_AT) or workflow.now()
        became: str = await workflow.execute_activity_method(
            SeriesActivities.open,
            Occasion(series_id=series_id, at=at),
            **options.over_a_list("按日历开启本期收集"),
        )
        workflow.set_current_details(became)
        return became
