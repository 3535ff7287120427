"""Making a change: the fields that differ, the time of the stage that is entered, and the seal.

Invariant: a change carries exactly the fields that it changed; its hash covers them and the hash before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from domain import audit
from domain.audit import RECENT_REQUESTS, Entry
from domain.hazard import clocks, plain, telling, timing_effects
from domain.hazard.shapes import Case, Change
from domain.hazard.telling import Told
from domain.hazard.words import CLOCK_OF, Stage

DERIVED: Final = frozenset({"seq", "head", "recent_requests"})
"""Fields that follow from the chain itself."""


def timed(before: Case, case: Case, to: Stage, now: datetime) -> dict[str, Any]:
    """What entering a stage does to the time of ``case``, which is ``before`` with its new level already."""
    if plain.applies(case.terms):
        return plain.entered(case, to, now)
    over = CLOCK_OF.get(to) is not CLOCK_OF.get(case.stage)
    return clocks.entered(before, case, to, now) | (timing_effects.moot(case) if over else {})


def difference(before: Case, after: Case) -> Mapping[str, Any]:
    """The fields of ``after`` that differ, as plain JSON values."""
    names = [field.name for field in fields(after) if field.name not in DERIVED]
    changed = {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}
    return dict(audit.plain(changed))


def sealed(case: Case, entry: Entry, told: Iterable[Told]) -> Change:
    """The change of ``entry``, sealed, with the case that stands on it and the notices of what is told."""
    entry = audit.seal(entry)
    requests = (*case.recent_requests, entry.request_id) if entry.request_id else case.recent_requests
    case = replace(case, seq=entry.seq, head=entry.hash, recent_requests=requests[-RECENT_REQUESTS:])
    return Change(entry=entry, case=case, notices=telling.notices(case, entry, told))
