"""What may follow what (通报办理): state × action → who, and the state after it.

Invariant: what is not in the table is not allowed; the API's ``allowed_actions``, its refusals and the tests read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.bulletin.words import BEFORE_ISSUE, IN_FORCE, Action, State
from domain.people import Role

_OFFICE: Final = frozenset({Role.OFFICE})
_LEADER: Final = frozenset({Role.LEADER})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may do it, what it needs, and the state after it (``None``: as before)."""

    by: frozenset[Role]
    to: State | None = None
    needs: tuple[str, ...] = ()


TRANSITIONS: Final[Mapping[tuple[State, Action], Rule]] = {
    (State.DRAFT, Action.AMEND): Rule(by=_OFFICE),
    (State.DRAFT, Action.DECIDE): Rule(by=_OFFICE, needs=("unit_id", "named", "reason")),
    (State.DRAFT, Action.REVIEW): Rule(by=_OFFICE, to=State.REVIEWED),
    (State.REVIEWED, Action.RETURN): Rule(by=_OFFICE | _LEADER, to=State.DRAFT, needs=("reason",)),
    (State.REVIEWED, Action.SIGN): Rule(by=_LEADER, to=State.SIGNED),
    (State.SIGNED, Action.RETURN): Rule(by=_LEADER, to=State.DRAFT, needs=("reason",)),
    (State.SIGNED, Action.ISSUE): Rule(by=_OFFICE, to=State.ISSUED),
    **{
        (state, Action.WITHDRAW): Rule(by=_OFFICE | _LEADER, to=State.WITHDRAWN, needs=("reason",))
        for state in BEFORE_ISSUE
    },
    **{(state, Action.CORRECT): Rule(by=_OFFICE, needs=("rulings",)) for state in IN_FORCE},
    **{(state, Action.SUPPLEMENT): Rule(by=_OFFICE, needs=("rulings",)) for state in IN_FORCE},
    **{
        (state, Action.WITHDRAW): Rule(by=_LEADER, to=State.WITHDRAWN, needs=("reason",))
        for state in IN_FORCE
    },
    **{(state, Action.PUBLISH): Rule(by=_OFFICE, needs=("url",)) for state in IN_FORCE},
}


def able(action: Action) -> frozenset[Role]:
    """The roles that may do ``action`` in some state."""
    return frozenset[Role]().union(*(rule.by for (_, one), rule in TRANSITIONS.items() if one is action))
