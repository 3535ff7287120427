"""The policy and the days under which cases open, and the lock between opening a case and editing what it opens under.

Invariant: an intake holds the lock from reading them to its commit, an edit while it is made. So whatever opened under the
older ones is on record before the order of the edit looks for running cases.
"""

from datetime import datetime
from typing import Final

from adapters.postgres import calendar_rows, dictionary
from adapters.postgres.database import Connection
from domain.errors import Kind, Refused
from domain.terms import Terms
from domain.workdays import Calendar

_KEEP: Final = "SELECT pg_advisory_xact_lock_shared(20267)"
"""No edit until the transaction ends."""

_EDIT: Final = "SELECT pg_advisory_xact_lock(20267)"
"""No other edit and no intake until the transaction ends."""


async def lock_for_edit(connection: Connection) -> None:
    """Wait for the intakes under way and keep others out until the transaction ends."""
    await connection.execute(_EDIT)


async def stamped(connection: Connection, now: datetime) -> Terms:
    """The policy in force at ``now`` (aware) with the days that a case needs that opens now; both stay until the commit.

    Raises ``Refused`` where no policy or no calendar of its region was loaded.
    """
    await connection.execute(_KEEP)
    terms = await dictionary.in_force(connection, now)
    try:
        calendar = calendar_rows.merged(await calendar_rows.layers(connection, terms.region))
    except Refused as unknown:
        message = "时限政策所用地区尚无工作日历，请管理员先载入"
        raise Refused(Kind.CONFLICT, "calendar_missing", message) from unknown
    return terms.stamped(calendar, now, now)


async def calendar(connection: Connection, region: str) -> Calendar:
    """The days of a region, which stay until the commit. Raises ``Refused`` (``calendar_region_unknown``)."""
    await connection.execute(_KEEP)
    return calendar_rows.merged(await calendar_rows.layers(connection, region))


async def business(connection: Connection, now: datetime) -> Calendar:
    """The calendar of the region of the policy in force at ``now`` (aware); the plain week where there is none."""
    try:
        terms = await dictionary.in_force(connection, now)
        return calendar_rows.merged(await calendar_rows.layers(connection, terms.region))
    except Refused:
        return Calendar(region="plain", version="0", official_years=())
