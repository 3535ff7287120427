"""Telephone numbers (电话号码): what is one, and how it is shown to whoever need not have it.

Invariant: a refusal never quotes the number, and a masked mobile number shows seven digits of eleven.
Source: 个人信息保护法 art. 6, 51; 工业和信息化部《电信网编号计划》 (mobile numbers begin with 13 to 19).
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from domain.errors import Kind, Refused

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})-?([2-9][0-9]{6,7})(?:-([0-9]{1,6}))?")
_COUNTRY: Final = re.compile(r"^(?:\+|00)86")
_SPACING: Final = re.compile(r"[\s()\-\u2010-\u2015]")
_IN_TEXT: Final = re.compile(r"(?<![0-9A-Fa-f])1[3-9][0-9](?:[ \-]?[0-9]{4}){2}(?![0-9A-Fa-f])")
"""Not the digits inside a UUID or a hash: of a thousand UUIDs one has eleven that could be a number."""


def mobile(text: str, *, field: str = "mobile") -> str:
    """The eleven digits of a mobile number, however they were spaced or prefixed.

    Raises ``Refused`` (``mobile_invalid``, with ``field``) for anything else.
    """
    digits = _COUNTRY.sub("", _SPACING.sub("", _plain(text)))
    if not _MOBILE.fullmatch(digits):
        raise Refused(Kind.INVALID, "mobile_invalid", "手机号须为 11 位、以 13 至 19 开头的数字", field=field)
    return digits


def landline(text: str, *, field: str = "landline") -> str:
    """A landline as 区号-号码, with ``-分机`` where there is one.

    Raises ``Refused`` (``landline_invalid``, with ``field``) for anything else.
    """
    found = _LANDLINE.fullmatch(_plain(text).strip())
    if not found:
        raise Refused(
            Kind.INVALID, "landline_invalid", "固定电话须写作“区号-号码”，如 010-55550101", field=field
        )
    return "-".join(part for part in found.groups() if part)


def masked(number: str) -> str:
    """A number for lists, exports and notices: ``138****1234``; of one that is too short for that, nothing is shown."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else "*" * len(number)


def mentioned(text: str) -> bool:
    """Whether a mobile number stands in free text, spaced or not."""
    return _IN_TEXT.search(_plain(text)) is not None


def concealed(text: str) -> str:
    """The text with every mobile number in it masked."""
    return rewritten(text, _IN_TEXT, lambda number: masked(re.sub(r"[ \-]", "", number)))


def rewritten(text: str, what: re.Pattern[str], to: Callable[[str], str]) -> str:
    """The text with what a pattern finds in it, full-width signs read as plain ones, put otherwise; the rest stays as written."""
    if not what.search(_plain(text)):
        return text
    told = [_plain(sign) for sign in text]
    places = [place for place, signs in enumerate(told) for _ in signs]
    parts, behind = [], 0
    for found in what.finditer("".join(told)):
        parts += [text[behind : places[found.start()]], to(found[0])]
        behind = places[found.end() - 1] + 1
    return "".join((*parts, text[behind:]))


def _plain(text: str) -> str:
    """Full-width digits and signs as plain ones."""
    return unicodedata.normalize("NFKC", text)
