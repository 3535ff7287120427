"""The numbers in a directory document: each checked by row and field, sealed before it reaches the database.

Invariant: a fault names row and field and never the number; a number that is on file already stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from adapters.postgres.contacts import COLUMN
from adapters.postgres.database import Connection
from adapters.postgres.document import BadDocument
from adapters.sealing import Sealer
from domain import phones
from domain.contacts import Owner
from domain.errors import Refused

_INSERT: Final = """
INSERT INTO contact_numbers (id, person_id, post_id, mobile, mobile_index, landline, version)
VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (id) DO NOTHING
"""
"""Put on file what is not there yet."""

_TAKEN: Final = "SELECT id FROM contact_numbers WHERE mobile_index = ANY ($1) AND person_id IS NOT NULL"
"""Whose number it is, under whichever key it was indexed."""

Row = tuple[int, Owner, str | None, str | None]


def rows(told: Sequence[Mapping[str, Any]], sealer: Sealer | None) -> list[Row]:
    """Number of the row, owner, mobile and landline. Raises ``BadDocument``."""
    if told and sealer is None:
        raise BadDocument("contacts 须有密钥（BIHUAN_SEALING_KEYS）才能载入。")
    found = [_row(number, row) for number, row in enumerate(told, 1)]
    seen: dict[str, int] = {}
    for number, owner, mobile, _landline in found:
        if owner.person_id and mobile and (first := seen.setdefault(mobile, number)) != number:
            raise BadDocument.at("contacts", number, "mobile", f"与第 {first} 行相同，手机号只能属于一人")
    return found


async def insert(connection: Connection, numbers: Sequence[Row], sealer: Sealer | None) -> int:
    """Put them on file, and give how many were new. Raises ``BadDocument`` for one that somebody else has."""
    added = 0
    for number, owner, mobile, landline in numbers:
        sealed = index = None
        if mobile and sealer:
            sealed, index = (
                sealer.seal(mobile, place=f"{COLUMN}:{owner.id}"),
                sealer.blind(mobile, place=COLUMN),
            )
            whose = await connection.fetchval(_TAKEN, sealer.blinds(mobile, place=COLUMN))
            if owner.person_id and whose not in (None, owner.id):
                raise BadDocument.at("contacts", number, "mobile", "已登记在另一人名下")
        values = (owner.id, owner.person_id, owner.post_id, sealed, index, landline)
        added += int((await connection.execute(_INSERT, *values)).rpartition(" ")[2])
    return added


def _row(number: int, row: Mapping[str, Any]) -> Row:
    if ("person_id" in row) == ("post_id" in row):
        raise BadDocument.at("contacts", number, "person_id", "person_id 与 post_id 须填且只填一个")
    if "person_id" in row and "landline" in row:
        raise BadDocument.at("contacts", number, "landline", "固定电话登记在岗位上，不登记在人名下")
    owner = Owner(person_id=row.get("person_id"), post_id=row.get("post_id"))
    mobile = _number(number, row, "mobile", phones.mobile)
    return number, owner, mobile, _number(number, row, "landline", phones.landline)


def _number(number: int, row: Mapping[str, Any], field: str, read: Callable[[str], str]) -> str | None:
    try:
        return read(row[field]) if field in row else None
    except Refused as no:
        raise BadDocument.at("contacts", number, field, no.message) from None
