"""A request and its key (幂等键): the first answer is the answer.

Invariant: a key belongs to its caller; the same key with another body is refused, never guessed.
Source: IETF draft "The Idempotency-Key HTTP Header Field", sections 2.2 to 2.6.
"""

from dataclasses import dataclass
from typing import Any

from domain.errors import Kind, Refused


@dataclass(frozen=True, kw_only=True)
class Request:
    """Who asks, under which key, and the SHA-256 (hex) of what was asked."""

    principal: str
    key: str
    fingerprint: str

    @property
    def id(self) -> str:
        """The request's id in the record and the engine: unique over callers."""
        return f"{self.principal}:{self.key}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered: the HTTP status and the JSON body."""

    status: int
    body: Any


def reused_key() -> Refused:
    """The refusal for a key that was used for another request."""
    return Refused(Kind.INVALID, "idempotency_key_reused", "同一幂等键已用于内容不同的请求")
