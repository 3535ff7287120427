"""Taking a step with a bulletin: an act, what a policy does, what another bulletin does to it.

Invariant: every step is one sealed entry on top of the one before; a request that is on record already changes nothing, so a
bulletin is issued once even if it is asked for twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from domain.bulletin import changes, checks, paper
from domain.bulletin.shapes import Bulletin, Change, Command, Decision, Publication
from domain.bulletin.words import AMENDED, AUTOMATIC, Action, BulletinKind, State
from domain.collection import Frozen
from domain.errors import Kind, Refused
from domain.people import Holding

NEEDS_LIST: Final = frozenset({Action.SIGN, Action.ISSUE, Action.CORRECT, Action.SUPPLEMENT})
"""What cannot be done without the frozen list."""


@dataclass(frozen=True, kw_only=True)
class Issuing:
    """What an issue puts on a bulletin: its number, the hashes of its files, and how many units are told."""

    number: str
    files: Mapping[str, str]
    audience: int


def apply(
    bulletin: Bulletin,
    command: Command,
    now: datetime,
    frozen: Frozen | None = None,
    issuing: Issuing | None = None,
) -> Change | None:
    """What a command comes to, or ``None`` for one that is on record. Raises ``Refused``."""
    if command.request_id in bulletin.recent_requests:
        return None
    rule, holding = checks.check(bulletin, command)
    changed = _effects(bulletin, command, holding, now, frozen)
    if issuing is not None:
        changed |= {"number": issuing.number, "files": dict(issuing.files), "audience": issuing.audience}
    moved = rule.to is not None and rule.to is not bulletin.state
    after = replace(bulletin, **({"state": rule.to, "since": now, "nudges": 0} if moved else {}) | changed)
    entry = changes.entry(bulletin, after, command.action.value, now, holding, command)
    return changes.sealed(bulletin, after, entry)


def amended(original: Bulletin, other: Bulletin, command: Command, holding: Holding, now: datetime) -> Change:
    """What issuing a correction or supplement does to the bulletin that it is about. Raises ``Refused`` when it moved on."""
    stood = {one.unit_id: one.becomes for one in original.rulings}
    for ruling in other.rulings:
        if stood.get(ruling.unit_id, ruling.was) is not ruling.was:
            raise Refused(Kind.CONFLICT, "ruling_stale", "其间已有别的更正、补充涉及同一单位，请退回重拟")
    if not original.state.in_force or other.number is None:
        raise checks.wrong_state(original, Action.CORRECT)
    state = State.CORRECTED if other.kind is BulletinKind.CORRECTION else State.SUPPLEMENTED
    after = replace(
        original,
        state=state,
        rulings=(*original.rulings, *other.rulings),
        amended_by=(*original.amended_by, other.number),
    )
    about = replace(command, request_id=f"{command.request_id}/about", reason=other.number, evidence=())
    return changes.sealed(
        original, after, changes.entry(original, after, AMENDED[other.kind], now, holding, about)
    )


def sign_by_policy(bulletin: Bulletin, frozen: Frozen, now: datetime) -> Change | None:
    """What the policy does with a fresh draft: nothing, or review and sign it where nothing is left to decide."""
    if not bulletin.policy.automatic or bulletin.state is not State.DRAFT or bulletin.undecided:
        return None
    signed = replace(bulletin, state=State.SIGNED, since=now, reviewed_at=now, signed_at=now)
    after = replace(signed, text_hash=paper.text_hash(paper.values(signed, frozen)))
    entry = changes.entry(
        bulletin, after, AUTOMATIC, now, None, None, note=f"通报规定第{bulletin.policy.version}版"
    )
    return changes.sealed(bulletin, after, entry)


def _effects(
    bulletin: Bulletin, command: Command, holding: Holding, now: datetime, frozen: Frozen | None
) -> dict[str, Any]:
    """The fields that an action changes, besides the state."""
    match command.action:
        case Action.AMEND:
            given = {"title": command.title, "demands": command.demands}
            changed = {name: value for name, value in given.items() if value is not None}
            if not changed:
                raise Refused(Kind.CONFLICT, "field_missing", "没有要修改的内容", fields=["title", "demands"])
            return changed | _written(bulletin, command)
        case Action.DECIDE:
            return _decided(bulletin, command, holding, now) | _written(bulletin, command)
        case Action.REVIEW:
            return {"reviewed_post": holding.post_id, "reviewed_at": now} | _written(bulletin, command)
        case Action.RETURN:
            emptied = ("reviewed_post", "reviewed_at", "signed_post", "signed_at", "text_hash")
            return dict.fromkeys(emptied)
        case Action.SIGN:
            signed = replace(bulletin, state=State.SIGNED, signed_at=now)
            told = paper.text_hash(paper.values(signed, _listed(frozen)))
            return {"signed_post": holding.post_id, "signed_at": now, "text_hash": told}
        case Action.ISSUE:
            _check_signed(bulletin, _listed(frozen))
            return {"issued_at": now}
        case Action.WITHDRAW:
            return {"withdrawn_reason": command.reason}
        case Action.PUBLISH:
            made = Publication(url=command.url or "", at=now, post_id=holding.post_id)
            return {"publications": (*bulletin.publications, made)}
    return {}


def _listed(frozen: Frozen | None) -> Frozen:
    if frozen is None:
        raise ValueError("signing and issuing need the list")
    return frozen


def _check_signed(bulletin: Bulletin, frozen: Frozen) -> None:
    """What is issued is what was signed. Raises ``Refused`` otherwise."""
    if paper.text_hash(paper.values(bulletin, frozen)) != bulletin.text_hash:
        raise Refused(Kind.CONFLICT, "text_changed", "文稿与签发时不一致，请退回重新核稿、签发")


def _written(bulletin: Bulletin, command: Command) -> dict[str, Any]:
    return {"drafters": tuple(dict.fromkeys((*bulletin.drafters, command.actor.person_id)))}


def _decided(bulletin: Bulletin, command: Command, holding: Holding, now: datetime) -> dict[str, Any]:
    unit = command.unit_id or ""
    decision = Decision(
        unit_id=unit,
        named=bool(command.named),
        reason=command.reason or "",
        person_id=command.actor.person_id,
        post_id=holding.post_id,
        at=now,
    )
    others = tuple(one for one in bulletin.decisions if one.unit_id != unit)
    return {
        "decisions": (*others, decision),
        "undecided": tuple(one for one in bulletin.undecided if one != unit),
    }
