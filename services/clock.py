"""The one real clock. Everything else takes ``now`` as a parameter."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""


def real() -> datetime:
    """The machine's clock, aware and in UTC."""
    return datetime.now(UTC)
