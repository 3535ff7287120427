"""Filling an empty calendar with the official days that the software knows.

Invariant: a year that is loaded already is left alone, whoever loaded it; a year without an official plan stays out.
"""

from datetime import datetime
from typing import Final

from adapters import official_days
from adapters.postgres.calendar import PostgresCalendar
from domain.workdays import OpeningHours

COUNTRY: Final = "CN"


async def seed(calendar: PostgresCalendar, now: datetime) -> tuple[int, ...]:
    """Add the country and the official years that lack; gives the years that were loaded. Raises ``Temporary``."""
    await calendar.add_region(COUNTRY, name="全国", base=None, hours=OpeningHours())
    loaded = {row["year"] for row in await calendar.years(COUNTRY)}
    lacking = [plan for plan in official_days.plans() if plan.year not in loaded]
    for plan in lacking:
        await calendar.fill_year(COUNTRY, plan, now)
    return tuple(plan.year for plan in lacking)
