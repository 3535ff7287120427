"""Bulletins (通报): drafted from a frozen list, reviewed, signed, issued, and corrected or supplemented afterwards.

Pure rules; call through this package: ``bulletin.apply(...)``.
"""

from domain.bulletin import naming, numbers, paper, personal, rulings, telling, waiting
from domain.bulletin.checks import (
    SEPARATION,
    Allowed,
    allowed_actions,
    check,
    check_open,
    wrong_state,
)
from domain.bulletin.drafting import Opening, draft, draft_about
from domain.bulletin.shapes import (
    Bulletin,
    Change,
    Command,
    Decision,
    Policy,
    Publication,
    Ruling,
    Values,
)
from domain.bulletin.steps import NEEDS_LIST, Issuing, amended, apply, sign_by_policy
from domain.bulletin.table import TRANSITIONS, Rule, able
from domain.bulletin.words import (
    AMENDED,
    AUTOMATIC,
    DRAFTED,
    STEP_LABELS,
    Action,
    BulletinAction,
    BulletinKind,
    BulletinState,
    State,
)

__all__ = [
    "AMENDED",
    "AUTOMATIC",
    "DRAFTED",
    "NEEDS_LIST",
    "SEPARATION",
    "STEP_LABELS",
    "TRANSITIONS",
    "Action",
    "Allowed",
    "Bulletin",
    "BulletinAction",
    "BulletinKind",
    "BulletinState",
    "Change",
    "Command",
    "Decision",
    "Issuing",
    "Opening",
    "Policy",
    "Publication",
    "Rule",
    "Ruling",
    "State",
    "Values",
    "able",
    "allowed_actions",
    "amended",
    "apply",
    "check",
    "check_open",
    "draft",
    "draft_about",
    "naming",
    "numbers",
    "paper",
    "personal",
    "rulings",
    "sign_by_policy",
    "telling",
    "waiting",
    "wrong_state",
]
