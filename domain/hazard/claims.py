"""Claims (签领): one of several holders of a post takes the work that waits on it, so that no two do it at once.

Invariant: a claim binds the holders of its post only, as long as the case waits on that post in that stage and the one who
claimed still holds the post; whoever succeeds finds the work free. A claim stops no clock: taking is not doing.
"""

from dataclasses import replace
from typing import Final

from domain.errors import Kind, Refused
from domain.hazard.shapes import Case, Command
from domain.hazard.table import Rule
from domain.hazard.words import Action, Stage
from domain.people import Actor, Holding

OF_UNIT: Final = frozenset({Stage.ASSIGNED, Stage.RECTIFYING})
"""The stages in which the unit does its own work; in the others nobody judges the own unit or the own rectification."""


def in_force(case: Case, lapsed: str | None) -> Case:
    """The case without the claim of somebody who no longer holds its post (``lapsed``, resolved when it is asked)."""
    if case.claim is not None and case.claim.person_id == lapsed:
        return replace(case, claim=None)
    return case


def kept(before: Case, after: Case) -> Case:
    """The case after a step: a claim ends with the stage, and where the case waits on another post."""
    claim = after.claim
    if claim is None or (after.stage is before.stage and after.waiting_post == claim.post_id):
        return after
    return replace(after, claim=None)


def binds(case: Case, rule: Rule, actor: Actor, holding: Holding) -> bool:
    """Whether somebody else's claim is in the way: of moving the case on, by the post that it waits on."""
    moves = rule.to is not None
    claim = case.claim
    return (
        moves
        and claim is not None
        and claim.post_id == holding.post_id
        and claim.person_id != actor.person_id
    )


def held(case: Case) -> Refused:
    """The refusal that names who has claimed it."""
    claim = case.claim
    return Refused(
        Kind.CONFLICT,
        "claimed",
        "已由本岗位的另一人签领，可请其退领或转交",
        held_by=claim.person_id if claim else None,
        post=claim.post_id if claim else None,
    )


def check_successor(case: Case, command: Command) -> None:
    """Refuse to hand over to somebody who took part in the rectification that is to be judged."""
    judged = case.stage not in OF_UNIT and command.successor in case.rectifiers
    if command.action is Action.HAND_OVER and judged:
        raise Refused(Kind.NOT_ALLOWED, "separation_of_duties", "接手人参与过本案整改，须由他人办理")
