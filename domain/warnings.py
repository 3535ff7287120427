"""A warning (提醒): something that stops no case today and will hurt one later."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Warned:
    """A stable English code, the row that it is about, and one Chinese sentence."""

    code: str
    about: str
    message: str
