"""May this be done with the bulletin? The pure check behind the API's refusals and ``allowed_actions``.

Invariant: :func:`check` changes nothing; whoever wrote in a bulletin does not sign it, by whatever post (拟稿与签发相分离),
and none is reviewed while a person still has to decide on a unit with defective material.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.bulletin import personal
from domain.bulletin.shapes import Bulletin, Command
from domain.bulletin.table import TRANSITIONS, Rule, able
from domain.bulletin.words import Action, BulletinKind
from domain.errors import Kind, Refused
from domain.hazard.checks import role_required
from domain.people import Actor, Holding

SEPARATION: Final = "拟稿与签发相分离：在文稿上拟过稿、改过稿的人，无论以何岗位，都不得签发"
MOST_DEMANDS: Final = 20
MOST_AMENDMENTS: Final = 50


def check(bulletin: Bulletin, command: Command) -> tuple[Rule, Holding]:
    """The rule that allows ``command`` and the post by which it is done. Raises ``Refused``."""
    rule = check_open(bulletin, command.action, command.actor)
    holding = command.actor.capacity(rule.by, "")
    if holding is None:
        raise role_required(rule.by)
    if command.action is Action.SIGN and command.actor.person_id in bulletin.drafters:
        raise Refused(Kind.NOT_ALLOWED, "separation_of_duties", SEPARATION)
    if command.action is Action.REVIEW and bulletin.undecided:
        message = f"还有 {len(bulletin.undecided)} 家材料不合格的单位未经认定，认定后方可核稿"
        raise Refused(Kind.CONFLICT, "defects_undecided", message, units=bulletin.undecided[:20])
    _check_needs(rule, command)
    _check_words(command)
    _check_unit(bulletin, command)
    return rule, holding


def check_open(bulletin: Bulletin, action: Action, actor: Actor) -> Rule:
    """The rule of an action that is open in this state. Raises ``Refused`` for whoever, or whenever, may not."""
    check_role(action, actor)
    rule = TRANSITIONS.get((bulletin.state, action))
    if rule is None:
        raise wrong_state(bulletin, action)
    if action in (Action.CORRECT, Action.SUPPLEMENT) and bulletin.kind is not BulletinKind.BULLETIN:
        raise Refused(Kind.WRONG_STAGE, "not_an_original", "更正、补充应针对原通报办理")
    return rule


def check_role(action: Action, actor: Actor) -> None:
    """Refuse somebody who may not do ``action`` in any state. Raises ``Refused`` (``role_required``)."""
    if actor.capacity(able(action), "") is None:
        raise role_required(able(action))


def wrong_state(bulletin: Bulletin, action: Action) -> Refused:
    """The refusal of an action for which it is too early or too late."""
    message = f"“{bulletin.state.label}”的{bulletin.kind.label}不能{action.label}"
    return Refused(Kind.WRONG_STAGE, "wrong_state", message, state=bulletin.state.value, action=action.value)


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """One action open to the asker now, with what it needs."""

    action: Action
    post_id: str
    needs: tuple[str, ...]


def allowed_actions(bulletin: Bulletin, actor: Actor) -> tuple[Allowed, ...]:
    """What ``actor`` may do now, in the order of the work."""
    return tuple(_allowed(bulletin, actor))


def _allowed(bulletin: Bulletin, actor: Actor) -> Iterable[Allowed]:
    for action in Action:
        rule = TRANSITIONS.get((bulletin.state, action))
        if rule is None or not _open(bulletin, action, actor):
            continue
        if holding := actor.capacity(rule.by, ""):
            yield Allowed(action=action, post_id=holding.post_id, needs=rule.needs)


def _open(bulletin: Bulletin, action: Action, actor: Actor) -> bool:
    if action is Action.SIGN:
        return actor.person_id not in bulletin.drafters
    if action is Action.REVIEW:
        return not bulletin.undecided
    if action is Action.DECIDE:
        return bool(bulletin.undecided or bulletin.decisions)
    return action not in (Action.CORRECT, Action.SUPPLEMENT) or bulletin.kind is BulletinKind.BULLETIN


def _check_needs(rule: Rule, command: Command) -> None:
    missing = [need for need in rule.needs if getattr(command, need) in (None, ())]
    if missing:
        raise Refused(Kind.CONFLICT, "field_missing", f"还缺：{'、'.join(missing)}", fields=missing)


def _check_words(command: Command) -> None:
    for field in ("title", "reason", "url"):
        if text := getattr(command, field):
            personal.check(text, field)
    for demand in command.demands or ():
        personal.check(demand, "demands")
    for ruling in command.rulings:
        personal.check(ruling.reason, "units.reason")


def _check_unit(bulletin: Bulletin, command: Command) -> None:
    known = {*bulletin.undecided, *(one.unit_id for one in bulletin.decisions)}
    if command.action is Action.DECIDE and command.unit_id not in known:
        raise Refused(Kind.CONFLICT, "unit_not_defective", "该单位的材料没有被退回为不合格", field="unit_id")
    amends = command.action in (Action.CORRECT, Action.SUPPLEMENT)
    if amends and len(bulletin.amended_by) >= MOST_AMENDMENTS:
        raise Refused(Kind.CONFLICT, "too_many_amendments", "该通报的更正、补充过多，请撤销后重新印发")
