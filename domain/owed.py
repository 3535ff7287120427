"""What the record must have told (应发): the notices that its steps make, recomputed for the auditor of the delivery.

Invariant: a notice is owed by its step, its kind and its post; where two instants lie so close that the record cannot tell which
came first, it is owed neither certainly nor not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.notices import Notice, NoticeKind

GRACE: Final = timedelta(hours=1)
"""What waits less than this, quiet hours not counted, is on its way and not missing."""

TOLERANCE: Final = timedelta(seconds=10)
"""How long an act may take from its decision to the record: what was decided in between could not know of it."""


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One notice of a step, owed since ``at`` (aware); ``certain`` is whether it must be there, or may."""

    case_id: str
    seq: int
    kind: NoticeKind
    post_id: str
    at: datetime
    certain: bool = True

    @property
    def key(self) -> tuple[str, int, NoticeKind, str]:
        """What it is known by among others of its step."""
        return self.case_id, self.seq, self.kind, self.post_id


def of(notices: Iterable[Notice]) -> list[Owed]:
    """What is owed where the notices themselves are known."""
    return [
        Owed(case_id=one.case_id, seq=one.seq, kind=one.kind, post_id=one.post_id, at=one.at)
        for one in notices
    ]
