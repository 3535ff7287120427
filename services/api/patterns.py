"""The forms of texts that clients send, written so that every reader of the document judges alike.

Invariant: the same pattern stands in the document and checks the request; nothing is accepted that shows nothing.
"""

from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from domain import phones

HAZARD_ID: Final = r"^YH-[0-9]{4}-[0-9]{6,9}$"
COLLECTION_ID: Final = r"^SJ-[0-9]{4}-[0-9]{6,9}$"
BULLETIN_ID: Final = r"^TB-[0-9]{4}-[0-9]{6,9}$"
SLIP_ID: Final = r"^DB-[0-9]{4}-[0-9]{6,9}-[0-9]{2,4}$"
NOTICE_ID: Final = r"^(YH|SJ|TB)-[0-9]{4}-[0-9]{6,9}\.[0-9]{1,9}\.[0-9]{1,9}$"
FILE_ID: Final = r"^f-[0-9a-f]{32}$"
WEBHOOK_ID: Final = r"^wh-[0-9a-f]{32}$"
URL: Final = r"^https?://[!-~]+$"
PAST_POSITION: Final = r"^(0|[1-9][0-9]{0,17})(\.[0-9a-f]{8})?$"
LOG_POSITION: Final = r"^[1-9][0-9]{0,17}\.[1-9][0-9]{0,8}$"
POSITION: Final = r"^(end|(0|[1-9][0-9]{0,17})(\.[0-9a-f]{8})?)$"
CONTACT_POINT_ID: Final = r"^c-[0-9a-f]{32}$"
CONTACT_OWNER: Final = r"^(person|post|team|area):[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
SUBJECT_ID: Final = r"^(YH|SJ)-[0-9]{4}-[0-9]{6,9}$"
CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
SHIFT_CURSOR: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}~[0-9]{1,9}~SJ-[0-9]{4}-[0-9]{6,9}$"
VERSION_CURSOR: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}~[0-9]{1,9}$"

_BREAKS: Final = r"\t\n\r"
# What deceives readers: controls (PostgreSQL takes no NUL), and the marks that turn the direction of text.
DECEIVING: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
_BLANK: Final = r" \u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000"
LINE: Final = f"^[{_BLANK}]*[^{_BLANK}{_BREAKS}{DECEIVING}][^{_BREAKS}{DECEIVING}]*$"
"""One line in which something is to be seen."""
TEXT: Final = f"^[{_BLANK}{_BREAKS}]*[^{_BLANK}{_BREAKS}{DECEIVING}][^{DECEIVING}]*$"
"""One or more lines in which something is to be seen."""


def _without_number(text: str) -> str:
    if phones.mentioned(text):
        raise PydanticCustomError("number_in_text", "a mobile number stands in the text")
    return text


HazardId = Annotated[str, StringConstraints(pattern=HAZARD_ID)]
CollectionId = Annotated[str, StringConstraints(pattern=COLLECTION_ID)]
SlipId = Annotated[str, StringConstraints(pattern=SLIP_ID)]
FileId = Annotated[str, StringConstraints(pattern=FILE_ID)]
Code = Annotated[str, StringConstraints(pattern=CODE)]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=LINE), AfterValidator(_without_number)
]
"""A name or a place, in which no number of anybody may stand either."""
Url = Annotated[str, StringConstraints(min_length=10, max_length=500, pattern=r"^https?://[\x21-\x7e]+$")]
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, pattern=TEXT), AfterValidator(_without_number)
]
"""What is told of a case goes into its workflow and its record, where no number of anybody may stand."""
