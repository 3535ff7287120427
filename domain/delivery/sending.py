"""One message as a channel sends it, and the two ways in which it can fail.

Invariant: a failure is either worth another attempt at the same receiver or it is not, and these are two types; where nobody can
say whether the receiver has it, the failure says so, and the repeat is marked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a contact point is: a number, a mailbox or the address of a robot, and the secret that it is signed with, if any."""

    to: str
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """What is sent: ``id`` is the same in every repeat, ``first_at`` and ``at`` (aware) are the first attempt and this one.

    ``text`` fits the channel, ``title`` is one line.
    """

    id: str
    title: str
    text: str
    first_at: datetime
    at: datetime
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """That the receiver took it; ``provider_id`` is its own name for it, where it gives one."""

    provider_id: str = ""


class TemporaryFailure(Exception):  # noqa: N818
    """The receiver cannot take it now.

    Args:
        code: what it said, a stable word or its error code; never its text, which might quote ours.
        retry_after: how long it asked for a rest.
        ambiguous: whether it may have the message all the same.
    """

    def __init__(self, code: str, *, retry_after: timedelta | None = None, ambiguous: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.ambiguous = ambiguous


class PermanentFailure(Exception):  # noqa: N818
    """The receiver will never take it: it does not know the address, the secret or the form; ``code`` as above."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
