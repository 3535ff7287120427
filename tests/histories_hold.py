"""What no kept history may hold: who people are, and the machine that recorded it."""

import base64
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from deploy.sample.district import DISTRICT

PHONE: Final = re.compile(r"(?<![0-9a-f])(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?![0-9a-f])")
"""Digits inside a hash are none."""
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def texts(value: Any) -> Iterator[str]:
    """Every text of a history, payloads decoded."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from [_decoded(one)] if key == "data" and isinstance(one, str) else texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    else:
        yield str(value)


def _decoded(data: str) -> str:
    return base64.b64decode(data).decode()


@cache
def _names() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(person["name"]) for person in DISTRICT["people"]))


def personal(document: Any) -> list[str]:
    """The texts that name a person or hold a phone number."""
    return [text for text in texts(document) if PHONE.search(_ID.sub("", text)) or _names().search(text)]


def machines(text: str) -> set[str]:
    """What a history as JSON tells of processes and of their files."""
    told = set(re.findall(r'"identity": ?"([^"]*)"', text)) - {"recorded"}
    return told | set(re.findall(r'File \\"[^"]*|/(?:tmp|home|root)/\S*', text))
