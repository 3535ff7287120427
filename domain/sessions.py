"""Sessions (登录会话): how long they live, and what becomes of a refresh token that is shown.

Invariant: a refresh token works once; shown again later than a moment after, it is somebody else's copy, and the whole
session ends. Within that moment, and while what it was exchanged for is unused, a repeat gets the very same answer.
Source: RFC 9700 (OAuth 2.0 security), section 4.14.2; GB/T 22239-2019, 8.1.4.1 b (time-out of sessions).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

GRACE: Final = timedelta(seconds=10)
"""How long after its use a refresh token may be shown again: two tabs at once, or an answer that was lost."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long an access token, a session at rest, and a session altogether last."""

    access: timedelta
    idle: timedelta
    lifetime: timedelta


@dataclass(frozen=True, kw_only=True)
class ShownToken:
    """What is on record of a refresh token that somebody shows; all instants are aware."""

    issued_at: datetime
    used_at: datetime | None
    successor_used: bool
    ended: bool
    disabled: bool
    expires_at: datetime


class Verdict(StrEnum):
    """What becomes of it; all but the first two end the session."""

    ROTATE = "rotate"
    REPEAT = "repeat"
    ENDED = "ended"
    REUSED = "reused"
    IDLE = "idle"
    EXPIRED = "expired"
    DISABLED = "disabled"

    @property
    def lets_in(self) -> bool:
        """Whether the session goes on."""
        return self in (Verdict.ROTATE, Verdict.REPEAT)


def judge(token: ShownToken, idle: timedelta, now: datetime) -> Verdict:
    """What becomes of a refresh token shown at ``now`` (aware)."""
    if token.ended:
        return Verdict.ENDED
    if token.disabled:
        return Verdict.DISABLED
    if token.used_at is not None and (token.successor_used or now > token.used_at + GRACE):
        return Verdict.REUSED
    if now >= token.expires_at:
        return Verdict.EXPIRED
    if token.used_at is not None:
        return Verdict.REPEAT
    return Verdict.IDLE if now > token.issued_at + idle else Verdict.ROTATE
