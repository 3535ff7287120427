"""The transition table as the rules are told to people: written by hand, never taken from the code.

Letters: S unit staff, H unit head, I inspector, O office, L leader, V oversight, M member; ``-`` nobody.
Sources: 安全生产法 art. 65(3), 68, 69; 暂行规定 art. 15, 16, 18, 21; notice sections 2 and 3; issues "The hazard" and
"Clocks": more time is asked for by the unit and given by the office or a leader; whoever was told may acknowledge.
"""

from collections.abc import Iterator, Mapping
from typing import Final

ROLES: Final[Mapping[str, str]] = {
    "S": "unit_staff",
    "H": "unit_head",
    "I": "inspector",
    "O": "office",
    "L": "leader",
    "V": "oversight",
    "M": "member",
}
STAGES: Final = (
    "reported",
    "confirmed",
    "assigned",
    "rectifying",
    "verifying",
    "awaiting_closure",
    "closed",
    "dismissed",
    "transferred",
    "merged",
)
_WRITTEN: Final = """
                  reported confirmed assigned rectifying verifying awaiting closed dismissed transferred merged
confirm           IO       -         -        -          -         -        -      -         -           -
dismiss           IO       IO        -        -          -         -        -      -         -           -
transfer          O        O         O        -          -         -        -      -         -           -
merge             IO       IO        -        -          -         -        -      -         -           -
regrade           IO       IO        IO       IO         IO        -        -      -         -           -
assign            -        IO        -        -          -         -        -      -         -           -
reassign          -        -         O        O          -         -        -      -         -           -
plan              -        -         H        H          -         -        -      -         -           -
control           -        -         SH       SH         -         -        -      -         -           -
start             -        -         SH       -          -         -        -      -         -           -
submit            -        -         -        SH         -         -        -      -         -           -
pass              -        -         -        -          I         -        -      -         -           -
return            -        -         -        -          I         L        -      -         -           -
close             -        -         -        -          -         L        -      -         -           -
reopen            -        -         -        -          -         -        OL     -         -           -
supervise         OL       OL        OL       OL         OL        OL       -      -         -           -
lift_supervision  OL       OL        OL       OL         OL        OL       -      -         -           -
suspend_use       IOL      IOL       IOL      IOL        IOL       IOL      -      -         -           -
resume_use        IOL      IOL       IOL      IOL        IOL       IOL      -      -         -           -
note              SHIOL    SHIOL     SHIOL    SHIOL      SHIOL     SHIOL    -      -         -           -
extend            -        -         SH       SH         -         -        -      -         -           -
grant_extension   -        -         OL       OL         -         -        -      -         -           -
deny_extension    -        -         OL       OL         -         -        -      -         -           -
pause             OL       OL        OL       OL         OL        OL       -      -         -           -
defer             OL       OL        OL       OL         OL        OL       -      -         -           -
resume            OL       OL        OL       OL         OL        OL       -      -         -           -
acknowledge       SHIOL    SHIOL     SHIOL    SHIOL      SHIOL     SHIOL    -      -         -           -
reply             SHIOL    SHIOL     SHIOL    SHIOL      SHIOL     SHIOL    -      -         -           -
claim             I        O         SH       SH         I         L        -      -         -           -
release           IOL      OL        SHOL     SHOL       IOL       OL       -      -         -           -
hand_over         IOL      OL        SHOL     SHOL       IOL       OL       -      -         -           -
"""
_ROWS: Final = [line.split() for line in _WRITTEN.strip().splitlines()[1:]]
_CELLS: Final[Mapping[tuple[str, str], str]] = {
    (stage, action): cell.strip("-")
    for action, *cells in _ROWS
    for stage, cell in zip(STAGES, cells, strict=True)
}
ACTIONS: Final = tuple(action for action, *_ in _ROWS)

LEADS_TO: Final[Mapping[tuple[str, str], str]] = {
    ("reported", "confirm"): "confirmed",
    ("reported", "dismiss"): "dismissed",
    ("confirmed", "dismiss"): "dismissed",
    ("reported", "transfer"): "transferred",
    ("confirmed", "transfer"): "transferred",
    ("assigned", "transfer"): "transferred",
    ("reported", "merge"): "merged",
    ("confirmed", "merge"): "merged",
    ("confirmed", "assign"): "assigned",
    ("assigned", "start"): "rectifying",
    ("rectifying", "submit"): "verifying",
    ("verifying", "pass"): "awaiting_closure",
    ("verifying", "return"): "rectifying",
    ("awaiting_closure", "return"): "rectifying",
    ("awaiting_closure", "close"): "closed",
    ("closed", "reopen"): "assigned",
}
"""The stage after an allowed action on a *major* hazard; an action that is not here leaves the stage as it is."""


OF_THE_WAITING: Final = {"claim": "not_waiting_post", "release": "not_claimant", "hand_over": "not_claimant"}
"""What a role is told that may do it, where the case waits on another post, or another one claimed it."""


def refusal(stage: str, action: str, role: str) -> tuple[str, list[str]] | None:
    """How ``role`` is refused: the code and the roles that it names; ``None`` where the action is allowed."""
    (letter,) = (letter for letter, name in ROLES.items() if name == role)
    anywhere = "".join(_CELLS[other, action] for other in STAGES)
    here = _CELLS[stage, action]
    if letter not in anywhere:
        return "role_required", _named(anywhere)
    if not here:
        return "wrong_stage", []
    if letter not in here:
        return "role_required", _named(here)
    if letter == "H" and action in OF_THE_WAITING:
        # in these stories the case waits on the post of the staff, who claimed it
        return OF_THE_WAITING[action], []
    return None


def every() -> Iterator[tuple[str, str, str]]:
    """Every (stage, action, role)."""
    return ((stage, action, role) for stage in STAGES for action in ACTIONS for role in ROLES.values())


def _named(letters: str) -> list[str]:
    return [name for letter, name in ROLES.items() if letter in letters]
