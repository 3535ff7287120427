"""What the checking child tells its parent about one file, as bytes on a pipe.

Invariant: the parent trusts nothing here; an answer that is not exactly of this form counts as a crash of the child.
"""

import json
import struct
from dataclasses import dataclass
from typing import Final

from domain.evidence import MIB, REFUSALS, UnacceptableFile

ANSWER_LIMIT: Final = 64 * MIB
"""Bytes of one answer: more than any accepted file grows by being written anew."""

_LINE_LIMIT: Final = 500
_DETAIL_LIMIT: Final = 200

LENGTH: Final = struct.Struct(">Q")


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A file that passed: the copy to serve, and its size in pixels (photos) or pages (PDF)."""

    served: bytes
    width: int | None = None
    height: int | None = None
    pages: int | None = None


def framed(payload: bytes) -> bytes:
    """``payload`` behind its length, as both directions of the pipe carry it."""
    return LENGTH.pack(len(payload)) + payload


def encode(result: Cleaned | UnacceptableFile) -> bytes:
    """One line of JSON, then the served copy."""
    if isinstance(result, UnacceptableFile):
        return json.dumps({"code": result.code, "detail": result.detail[:_DETAIL_LIMIT]}).encode() + b"\n"
    facts = {"width": result.width, "height": result.height, "pages": result.pages}
    return json.dumps(facts).encode() + b"\n" + result.served


class NotAnAnswer(ValueError):  # noqa: N818 - named for what it is
    """The bytes are not of the form that ``encode`` gives."""


def decode(payload: bytes) -> Cleaned:
    """The result behind ``encode``.

    Raises ``UnacceptableFile`` for a refusal, ``NotAnAnswer`` when the payload has another form.
    """
    line, separator, served = payload.partition(b"\n")
    if not separator or len(line) > _LINE_LIMIT:
        raise NotAnAnswer("an answer begins with one short line")
    facts = _facts(line)
    if "code" in facts:
        raise _refusal(facts)
    width, height, pages = (_count(facts.get(name)) for name in ("width", "height", "pages"))
    return Cleaned(served=served, width=width, height=height, pages=pages)


def _facts(line: bytes) -> dict[str, object]:
    try:
        facts = json.loads(line)
    except ValueError as broken:
        raise NotAnAnswer("the line is JSON") from broken
    if not isinstance(facts, dict):
        raise NotAnAnswer("the line is an object")
    return facts


def _refusal(facts: dict[str, object]) -> UnacceptableFile:
    code = facts["code"]
    if not isinstance(code, str) or code not in REFUSALS:
        raise NotAnAnswer("a refusal has a known code")
    return UnacceptableFile(code, str(facts.get("detail", "")))


def _count(value: object) -> int | None:
    if value is None or (type(value) is int and value > 0):
        return value
    raise NotAnAnswer("sizes are positive integers")
