"""What a dispatcher needs to write a message: the address, the wording and the calendar by which quiet hours go.

Invariant: nothing of it is missing for long: without a policy or a calendar the plain week counts, and an address that no key
opens fails alone.
"""

from datetime import datetime

from activities.delivery_ports import Attempt
from adapters import wording
from adapters.postgres import editions
from adapters.postgres.contact_points import PostgresContactPoints
from adapters.postgres.database import Database
from adapters.postgres.templates import PostgresTemplates
from adapters.sealing import Sealer, Unopened
from domain.delivery import SPECS, ChannelName
from domain.delivery.sending import Address, Outgoing, TemporaryFailure
from domain.workdays import Calendar


class PostgresOffice:
    """Fits ``activities.delivery_ports.Office``."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._contacts = PostgresContactPoints(database, sealer)
        self._templates = PostgresTemplates(database)

    async def address(self, contact_id: str) -> Address:
        """Where a contact point is. Raises ``TemporaryFailure`` when no key opens it."""
        try:
            return await self._contacts.address(contact_id)
        except Unopened as sealed:
            raise TemporaryFailure("address_unopened") from sealed

    async def letter(self, attempt: Attempt, channel: ChannelName) -> Outgoing:
        """The message as it is sent, worded for its channel and within its bytes."""
        words = await self._templates.wording(channel)
        title, text = wording.composed(
            words, attempt.messages, channel.label, SPECS[channel].bytes, resent=attempt.resent
        )
        return Outgoing(
            id=attempt.bundle_id,
            title=title,
            text=text,
            first_at=attempt.first_at,
            at=attempt.at,
            urgent=attempt.urgent,
        )

    async def calendar(self, now: datetime) -> Calendar:
        """The calendar by which quiet hours go at ``now`` (aware)."""
        async with self._database.connection() as connection:
            return await editions.business(connection, now)
