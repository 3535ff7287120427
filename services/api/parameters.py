"""Values in addresses, and days in bodies, read to the letter: what the document calls a number, a date or a boolean, and nothing like it.

Each function takes the text of a parameter and gives it back, or raises ``PydanticCustomError``.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

_WHOLE: Final = re.compile(r"(0|[1-9][0-9]{0,9})")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_FIRST_DAY: Final = date(1970, 1, 1)
_LAST_DAY: Final = date(9998, 12, 31)


def whole(text: object) -> object:
    """A whole number in decimal digits; defaults pass."""
    if isinstance(text, str) and not _WHOLE.fullmatch(text):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return text


def day(text: object) -> object:
    """A calendar day as ``YYYY-MM-DD``; in a body also no number, which would be seconds since 1970."""
    if not (isinstance(text, str) and _DAY.fullmatch(text)):
        raise PydanticCustomError("date_parsing", "not a day")
    return text


def truth(text: object) -> object:
    """``true`` or ``false``."""
    if isinstance(text, str) and text not in ("true", "false"):
        raise PydanticCustomError("bool_parsing", "neither true nor false")
    return text


def instant(text: object) -> object:
    """The instant of a text with its zone (RFC 3339), between 1970 and 9998; no number, which would be seconds."""
    try:
        if isinstance(text, str) and _INSTANT.fullmatch(text) and "1970" <= text[:4] <= "9998":
            return datetime.fromisoformat(text.upper())
    except ValueError:
        pass
    raise PydanticCustomError("datetime_parsing", "not an instant")


Day = Annotated[date, BeforeValidator(day)]
"""A local day."""

Instant = Annotated[AwareDatetime, BeforeValidator(instant), Field(examples=["2022-09-29T11:30:00+08:00"])]
"""An instant with its zone."""


def utc(at: datetime) -> datetime:
    """The same instant in UTC."""
    return at.astimezone(UTC)


def within_record(given: date) -> date:
    """The day, or the nearest one for which instants can still be computed; no case is outside."""
    return min(max(given, _FIRST_DAY), _LAST_DAY)
