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
        return json.dumps({"code": result.code, "detail": result.detail}).encode() + b"\n"
    facts = {"width": result.width, "height": result.height, "pages": result.pages}
    return json.dumps(facts).encode() + b"\n" + result.served


def decode(payload: bytes) -> Cleaned:
    """The result behind ``encode``.

    Raises ``UnacceptableFile`` for a refusal, ``ValueError`` when the payload has another form.
    """
    line, separator, served = payload.partition(b"\n")
    facts = json.loads(line)
    if not separator or not isinstance(facts, dict):
        raise ValueError("an answer begins with one JSON object")
    code = facts.get("code")
    if code is not None:
        if code not in REFUSALS:
            raise ValueError("an answer refuses with a known code")
        raise UnacceptableFile(code, str(facts.get("detail", ""))[:200])
    width, height, pages = (_count(facts.get(name)) for name in ("width", "height", "pages"))
    return Cleaned(served=served, width=width, height=height, pages=pages)


def _count(value: object) -> int | None:
    if value is None or (type(value) is int and value > 0):
        return value
    raise ValueError("an answer counts in positive integers")
