"""Making a change of a collection: the fields that differ, and the seal.

Invariant: a change carries exactly the fields that it changed; its hash covers them and the hash before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from domain import audit
from domain.audit import GENESIS, RECENT_REQUESTS, Entry
from domain.collection.shapes import Change, Collection, Telling
from domain.notices import NoticeKind

DERIVED: Final = frozenset({"seq", "head", "recent_requests"})
"""Fields that follow from the chain itself."""


@dataclass(frozen=True, kw_only=True)
class By:
    """Who does something to a collection: a person by a post under a request; the clock is nobody."""

    person_id: str | None = None
    post_id: str | None = None
    on_behalf_of: str | None = None
    request_id: str | None = None
    channel: str = "api"


CLOCK: Final = By(channel="engine")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What stands beside the fields that a change changed."""

    reason: str | None = None
    note: str | None = None
    due_at: datetime | None = None
    about: Mapping[str, Any] | None = None


def changed(
    before: Collection | None,
    after: Collection,
    action: str,
    by: By,
    now: datetime,
    said: Said | None = None,
    telling: Telling | None = None,
    desks: tuple[tuple[str | None, NoticeKind, str], ...] = (),
) -> Change:
    """The sealed change that leads from ``before`` (``None``: nothing yet) to ``after``."""
    said = said or Said()
    patch = dict(difference(before, after)) | dict(audit.plain(said.about or {}))
    entry = audit.seal(
        Entry(
            case_id=after.id,
            seq=1 if before is None else before.seq + 1,
            at=now,
            action=action,
            person_id=by.person_id,
            post_id=by.post_id,
            on_behalf_of=by.on_behalf_of,
            channel=by.channel,
            request_id=by.request_id,
            patch=patch,
            reason=said.reason,
            note=said.note,
            prev=GENESIS if before is None else before.head,
            due_at=said.due_at,
        )
    )
    requests = (*after.recent_requests, by.request_id) if by.request_id else after.recent_requests
    standing = replace(after, seq=entry.seq, head=entry.hash, recent_requests=requests[-RECENT_REQUESTS:])
    return Change(entry=entry, collection=standing, telling=telling, desks=desks)


def difference(before: Collection | None, after: Collection) -> Mapping[str, Any]:
    """The fields of ``after`` that differ, as plain JSON values; all of them for a first change."""
    names = [field.name for field in fields(after) if field.name not in DERIVED]
    found = {
        name: getattr(after, name)
        for name in names
        if before is None or getattr(after, name) != getattr(before, name)
    }
    return dict(audit.plain(found))
