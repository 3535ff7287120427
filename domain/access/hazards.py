"""Who may do what to hazards and their evidence.

Invariant: the rows of acts are made from the transition table (``domain/hazard/table.py``), never copied; they add how far
each role reaches.
"""

from collections.abc import Mapping
from typing import Final

from domain.access.rows import CASES, COMMON, MINE, Row, Way, reaching
from domain.hazard.table import REPORTERS, TRANSITIONS
from domain.hazard.words import Action


def of_action(action: Action) -> str:
    """The operation of an act on a hazard."""
    return f"{action.value}_hazard"


def of_bulk(action: Action) -> str:
    """The operation of an act on many hazards."""
    return f"{action.value}_hazards"


def _act(action: Action) -> Row:
    able = (role for (_, one), rule in TRANSITIONS.items() if one is action for role in rule.by)
    return Row(way=Way.POSTS, by=reaching(able))


BULK: Final = (
    Action.CONFIRM,
    Action.ASSIGN,
    Action.REASSIGN,
    Action.START,
    Action.PASS,
    Action.CLOSE,
    Action.GRANT_EXTENSION,
    Action.DENY_EXTENSION,
    Action.PAUSE,
    Action.RESUME,
    Action.ACKNOWLEDGE,
    Action.SUPERVISE,
    Action.LIFT_SUPERVISION,
    Action.NOTE,
    Action.CLAIM,
    Action.RELEASE,
)
"""The acts that may be done to many hazards at once, with the same words; each item is judged by itself."""

HAZARDS: Final[Mapping[str, Row]] = {
    "report_hazard": Row(way=Way.POSTS, by=reaching(REPORTERS)),
    "list_hazards": CASES,
    "count_hazards": CASES,
    "get_hazard": CASES,
    "get_hazard_timeline": CASES,
    "explain_hazard_deadline": CASES,
    "list_hazard_notices": CASES,
    "export_hazard_ledger": CASES,
    "list_categories": COMMON,
    "upload_file": MINE,
    "get_file": CASES,
    **{of_action(action): _act(action) for action in Action},
    **{of_bulk(action): _act(action) for action in BULK},
}
