"""The draft of a bulletin: from a frozen list, or about another bulletin.

Invariant: a draft says nothing that does not follow from its list, its rulings and the policy that is stamped on it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import audit
from domain.audit import Entry
from domain.bulletin import changes, naming, numbers, personal
from domain.bulletin.shapes import Bulletin, Change, Command, Policy
from domain.bulletin.words import DRAFTED, Action, BulletinKind, State
from domain.collection import Frozen, Outcome
from domain.people import Actor, Holding


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Under which id and for which posts a bulletin is drafted, by whom (``None``: by the clock)."""

    id: str
    now: datetime
    office_post: str
    leader_post: str
    policy: Policy
    template: str | None = None
    actor: Actor | None = None
    holding: Holding | None = None
    request_id: str | None = None


def draft(frozen: Frozen, opening: Opening) -> Change:
    """The draft of a bulletin on a frozen list; it names nobody whose material is defective before a person decided."""
    window, offset = frozen.window, frozen.window.utc_offset_minutes
    bulletin = Bulletin(
        **_opened(frozen, opening),
        kind=BulletinKind.BULLETIN,
        title=f"{opening.policy.organ}关于{personal.concealed(frozen.title)}报送情况的通报",
        counts=frozen.counts,
        demands=opening.policy.demands,
        undecided=tuple(one.unit_id for one in frozen.named(Outcome.DEFECTIVE)),
        due=window.spoken(window.due_at),
        counted=numbers.moment(frozen.frozen_at, offset),
    )
    return _begun(bulletin, opening)


def draft_about(original: Bulletin, frozen: Frozen, command: Command, opening: Opening) -> Change:
    """The draft of a correction or supplement; the list as its rulings change it gives the new counts."""
    kind = BulletinKind.CORRECTION if command.action is Action.CORRECT else BulletinKind.SUPPLEMENT
    offset = original.utc_offset_minutes
    listed = naming.ruled(frozen.standings, (*original.rulings, *command.rulings))
    signed = original.signed_at or original.drafted_at
    bulletin = Bulletin(
        **_opened(frozen, opening),
        kind=kind,
        title=f"{opening.policy.organ}关于{personal.concealed(frozen.title)}报送情况的{kind.label}",
        counts=naming.counts(listed),
        demands=(),
        due=original.due,
        counted=original.counted if kind is BulletinKind.CORRECTION else numbers.moment(opening.now, offset),
        about=original.id,
        about_title=original.title,
        about_number=original.number,
        about_date=numbers.day(signed, offset),
        rulings=command.rulings,
    )
    return _begun(bulletin, opening, command)


def _opened(frozen: Frozen, opening: Opening) -> dict[str, Any]:
    actor = opening.actor
    return {
        "id": opening.id,
        "seq": 0,
        "head": audit.GENESIS,
        "state": State.DRAFT,
        "collection_id": frozen.collection_id,
        "list_hash": frozen.hash,
        "policy": opening.policy,
        "basis": personal.concealed(frozen.basis),
        "subject": frozen.kind_label,
        "district": frozen.district,
        "utc_offset_minutes": frozen.window.utc_offset_minutes,
        "drafted_at": opening.now,
        "drafted_post": opening.holding.post_id if opening.holding else None,
        "since": opening.now,
        "office_post": opening.office_post,
        "leader_post": opening.leader_post,
        "template": opening.template,
        "drafters": (actor.person_id,) if actor else (),
    }


def _begun(bulletin: Bulletin, opening: Opening, command: Command | None = None) -> Change:
    entry = Entry(
        case_id=bulletin.id,
        seq=1,
        at=opening.now,
        action=DRAFTED,
        person_id=opening.actor.person_id if opening.actor else None,
        post_id=opening.holding.post_id if opening.holding else None,
        on_behalf_of=opening.holding.on_behalf_of if opening.holding else None,
        channel="api" if opening.actor else "engine",
        request_id=opening.request_id,
        patch=changes.plain(bulletin, frozenset(changes.names())),
        evidence=changes.cited(command) if command else (),
    )
    return changes.sealed(None, bulletin, entry)
