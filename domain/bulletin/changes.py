"""Making a change of a bulletin: the fields that differ, the entry, and the seal.

Invariant: a change carries exactly the fields that it changed; its hash covers them and the hash before it.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from domain import audit
from domain.audit import RECENT_REQUESTS, Entry
from domain.bulletin import telling
from domain.bulletin.shapes import Bulletin, Change, Command
from domain.people import Holding

_DERIVED: Final = frozenset({"seq", "head", "recent_requests"})
_LEFT_OUT: Final = frozenset({"nudges"})
"""What the clock counts beside the chain."""


def entry(
    before: Bulletin,
    after: Bulletin,
    action: str,
    now: datetime,
    holding: Holding | None,
    command: Command | None,
    note: str | None = None,
) -> Entry:
    """The entry of a step that made ``after`` of ``before``; by the clock where there is no command."""
    changed = frozenset(name for name in names() if getattr(after, name) != getattr(before, name))
    return Entry(
        case_id=before.id,
        seq=before.seq + 1,
        at=now,
        action=action,
        person_id=command.actor.person_id if command else None,
        post_id=holding.post_id if holding else None,
        on_behalf_of=holding.on_behalf_of if holding else None,
        channel="api" if command else "engine",
        request_id=command.request_id if command else None,
        patch=plain(after, changed),
        reason=command.reason if command else None,
        note=note,
        evidence=cited(command) if command else (),
        prev=before.head,
    )


def cited(command: Command) -> tuple[Mapping[str, str], ...]:
    """The files that a command cites."""
    return tuple(audit.plain(one) for one in command.evidence)


def names() -> list[str]:
    """The fields that the chain keeps."""
    return [one.name for one in fields(Bulletin) if one.name not in _DERIVED | _LEFT_OUT]


def plain(bulletin: Bulletin, kept: frozenset[str]) -> Mapping[str, Any]:
    """These fields of a bulletin as plain JSON values."""
    return dict(audit.plain({name: getattr(bulletin, name) for name in sorted(kept)}))


def sealed(before: Bulletin | None, after: Bulletin, opened: Entry) -> Change:
    """The change of an entry, sealed, with the bulletin that stands on it and whom it tells."""
    entry = audit.seal(opened)
    requests = (*after.recent_requests, entry.request_id) if entry.request_id else after.recent_requests
    after = replace(after, seq=entry.seq, head=entry.hash, recent_requests=requests[-RECENT_REQUESTS:])
    return Change(entry=entry, bulletin=after, notices=telling.of_step(before, after, entry))
