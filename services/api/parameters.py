"""Values in addresses, and days in bodies, read to the letter: what the document calls a number, a date or a boolean, and nothing like it.

Each function takes the text of a parameter and gives it back, or raises ``PydanticCustomError``.
"""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_WHOLE: Final = re.compile(r"(0|[1-9][0-9]{0,9})")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
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


Day = Annotated[date, BeforeValidator(day)]
"""A local day."""


def within_record(given: date) -> date:
    """The day, or the nearest one for which instants can still be computed; no case is outside."""
    return min(max(given, _FIRST_DAY), _LAST_DAY)
