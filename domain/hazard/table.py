"""The transition table (流转表): which action is legal in which stage, by which role, and what it needs.

Invariant: illegal is absence from the table. The same table decides, answers ``allowed_actions``, draws the
diagram in the docs and drives the tests.
Sources: 安全生产法 (2021) art. 65(3) suspension and resumption, 68 signatures, 69 transfer; 暂行规定 art. 15 treatment
plan, 16 interim controls, 18 and 21 closure by the authority; notice sections 2 and 3. Extensions, pauses and
acknowledgements follow local rules on supervised hazards (延期申请、督办) and the practice of systems in use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.hazard.words import OPEN_STAGES, Action, Stage
from domain.people import Role


class Condition(StrEnum):
    """What must hold of the case besides its stage; the code is also the refusal's."""

    IMPARTIAL = "separation_of_duties"
    OUTSIDER = "own_unit"
    PLAN_READY = "plan_missing"
    CONTROLS_READY = "controls_missing"
    IN_USE = "use_suspended"
    NOT_SUSPENDED_YET = "already_suspended"
    SUSPENDED = "not_suspended"
    SUPERVISED = "not_supervised"
    CLOSING_AUTHORITY = "not_closing_authority"
    MAJOR = "not_major"
    REOPENABLE = "reopen_window_over"
    RUNNING = "clock_not_running"
    COUNTED = "named_date_not_paused"
    PAUSED = "not_paused"
    NO_EXTENSION = "extension_pending"
    EXTENSION = "no_extension_pending"
    NOT_REQUESTER = "own_extension"
    OVERDUE = "not_overdue"
    NOT_HELD = "ladder_rests"
    TOLD = "not_told"
    FIRST_TIME = "already_acknowledged"
    SLIP = "no_open_slip"
    WAITING = "not_waiting_post"
    UNCLAIMED = "claimed"
    CLAIMED = "not_claimed"
    CLAIMANT = "not_claimant"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One legal transition.

    Attributes:
        to: the stage after it; ``None`` keeps the stage.
        to_if_major: the stage after it for a major hazard, where that differs.
        to_if_fixed: the stage after it for a general hazard fixed on the spot (立行立改), where that differs.
        by: the roles that may do it (unit roles for their own unit only).
        needs: fields of the command that must be given.
        conditions: what must hold of the case and the actor.
    """

    by: frozenset[Role]
    to: Stage | None = None
    to_if_major: Stage | None = None
    to_if_fixed: Stage | None = None
    needs: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


_UNIT = frozenset({Role.UNIT_STAFF, Role.UNIT_HEAD})
_HEAD = frozenset({Role.UNIT_HEAD})
_FIELD = frozenset({Role.INSPECTOR, Role.OFFICE})
_INSPECTOR = frozenset({Role.INSPECTOR})
_OFFICE = frozenset({Role.OFFICE})
_LEADER = frozenset({Role.LEADER})
_COMMAND = frozenset({Role.OFFICE, Role.LEADER})
_BUREAU = frozenset({Role.INSPECTOR, Role.OFFICE, Role.LEADER})
_ACTING = _UNIT | _BUREAU

REPORTERS: Final = _ACTING | {Role.MEMBER}
"""Who may report a hazard (安全生产法 art. 74 lets anyone; outsiders come through these posts)."""

_S, _A, _C = Stage, Action, Condition
_READY = (_C.PLAN_READY, _C.CONTROLS_READY)
_ENDING = (_C.IMPARTIAL, _C.IN_USE)
_DECIDING = (_C.IMPARTIAL, _C.NOT_REQUESTER)
_PAUSING = (_C.RUNNING, _C.COUNTED, _C.IMPARTIAL)

_AT_INTAKE: Final[Mapping[Action, Rule]] = {
    _A.DISMISS: Rule(to=_S.DISMISSED, by=_FIELD, needs=("reason",), conditions=_ENDING),
    _A.MERGE: Rule(to=_S.MERGED, by=_FIELD, needs=("into", "reason"), conditions=_ENDING),
    _A.TRANSFER: Rule(
        to=_S.TRANSFERRED,
        by=_OFFICE,
        needs=("department", "receipt_number", "reason"),
        conditions=_ENDING,
    ),
}
_IN_TREATMENT: Final[Mapping[Action, Rule]] = {
    _A.REASSIGN: Rule(by=_OFFICE, needs=("post", "reason")),
    _A.PLAN: Rule(by=_HEAD, needs=("plan",)),
    _A.CONTROL: Rule(by=_UNIT, needs=("note",)),
    _A.EXTEND: Rule(by=_UNIT, needs=("until", "reason"), conditions=(_C.RUNNING, _C.NO_EXTENSION)),
    _A.GRANT_EXTENSION: Rule(by=_COMMAND, conditions=(_C.EXTENSION, _C.RUNNING, *_DECIDING)),
    _A.DENY_EXTENSION: Rule(by=_COMMAND, needs=("reason",), conditions=(_C.EXTENSION, *_DECIDING)),
}
_WHILE_OPEN: Final[Mapping[Action, Rule]] = {
    _A.NOTE: Rule(by=_ACTING, needs=("note",)),
    _A.SUPERVISE: Rule(by=_COMMAND, needs=("supervision",), conditions=(_C.MAJOR,)),
    _A.LIFT_SUPERVISION: Rule(by=_COMMAND, needs=("reason",), conditions=(_C.SUPERVISED, _C.IMPARTIAL)),
    _A.SUSPEND_USE: Rule(by=_BUREAU, needs=("reason",), conditions=(_C.NOT_SUSPENDED_YET,)),
    _A.RESUME_USE: Rule(by=_BUREAU, needs=("reason",), conditions=(_C.SUSPENDED, _C.IMPARTIAL)),
    _A.PAUSE: Rule(by=_COMMAND, needs=("reason",), conditions=_PAUSING),
    _A.DEFER: Rule(by=_COMMAND, needs=("until", "reason"), conditions=_PAUSING),
    _A.RESUME: Rule(by=_COMMAND, needs=("reason",), conditions=(_C.PAUSED, _C.IMPARTIAL)),
    _A.ACKNOWLEDGE: Rule(by=_ACTING, conditions=(_C.OVERDUE, _C.TOLD, _C.FIRST_TIME, _C.NOT_HELD)),
    _A.REPLY: Rule(by=_ACTING, needs=("slip", "note"), conditions=(_C.SLIP,)),
}
_CLAIMERS: Final[Mapping[Stage, frozenset[Role]]] = {
    _S.REPORTED: _INSPECTOR,
    _S.CONFIRMED: _OFFICE,
    _S.ASSIGNED: _UNIT,
    _S.RECTIFYING: _UNIT,
    _S.VERIFYING: _INSPECTOR,
    _S.AWAITING_CLOSURE: _LEADER,
}
"""On whose post a case waits in each stage: who may take the work (签领)."""


def _claiming(stage: Stage, roles: frozenset[Role]) -> dict[tuple[Stage, Action], Rule]:
    fair = () if roles == _UNIT else (_C.IMPARTIAL,)
    held = (_C.CLAIMANT, _C.CLAIMED)
    return {
        (stage, _A.CLAIM): Rule(by=roles, conditions=(_C.WAITING, *fair, _C.UNCLAIMED)),
        (stage, _A.RELEASE): Rule(by=roles | _COMMAND, conditions=held),
        (stage, _A.HAND_OVER): Rule(by=roles | _COMMAND, needs=("successor",), conditions=held),
    }


_REGRADE = Rule(by=_FIELD, needs=("grade", "reason"), conditions=(_C.IMPARTIAL,))

TRANSITIONS: Final[Mapping[tuple[Stage, Action], Rule]] = {
    (_S.REPORTED, _A.CONFIRM): Rule(
        to=_S.CONFIRMED, to_if_fixed=_S.VERIFYING, by=_FIELD, conditions=(_C.OUTSIDER,)
    ),
    **{(stage, action): rule for stage in (_S.REPORTED, _S.CONFIRMED) for action, rule in _AT_INTAKE.items()},
    (_S.ASSIGNED, _A.TRANSFER): _AT_INTAKE[_A.TRANSFER],
    (_S.CONFIRMED, _A.ASSIGN): Rule(to=_S.ASSIGNED, by=_FIELD, needs=("post",)),
    **{
        (stage, action): rule
        for stage in (_S.ASSIGNED, _S.RECTIFYING)
        for action, rule in _IN_TREATMENT.items()
    },
    (_S.ASSIGNED, _A.START): Rule(to=_S.RECTIFYING, by=_UNIT, conditions=_READY),
    (_S.RECTIFYING, _A.SUBMIT): Rule(to=_S.VERIFYING, by=_UNIT, needs=("note",), conditions=_READY),
    (_S.VERIFYING, _A.PASS): Rule(
        to=_S.CLOSED,
        to_if_major=_S.AWAITING_CLOSURE,
        by=_INSPECTOR,
        needs=("note",),
        conditions=(_C.IMPARTIAL, *_READY, _C.IN_USE),
    ),
    (_S.VERIFYING, _A.RETURN): Rule(
        to=_S.RECTIFYING, by=_INSPECTOR, needs=("reason",), conditions=(_C.IMPARTIAL,)
    ),
    (_S.AWAITING_CLOSURE, _A.RETURN): Rule(
        to=_S.RECTIFYING, by=_LEADER, needs=("reason",), conditions=(_C.IMPARTIAL, _C.CLOSING_AUTHORITY)
    ),
    (_S.AWAITING_CLOSURE, _A.CLOSE): Rule(
        to=_S.CLOSED,
        by=_LEADER,
        needs=("note",),
        conditions=(_C.IMPARTIAL, _C.CLOSING_AUTHORITY, _C.IN_USE),
    ),
    (_S.CLOSED, _A.REOPEN): Rule(to=_S.ASSIGNED, by=_COMMAND, needs=("reason",), conditions=(_C.REOPENABLE,)),
    **{(stage, _A.REGRADE): _REGRADE for stage in OPEN_STAGES if stage is not _S.AWAITING_CLOSURE},
    **{(stage, action): rule for stage in OPEN_STAGES for action, rule in _WHILE_OPEN.items()},
    **{key: rule for stage, roles in _CLAIMERS.items() for key, rule in _claiming(stage, roles).items()},
}
