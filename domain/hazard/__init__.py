"""The hazard loop (隐患整改闭环): its words, its table, and the pure functions that decide a step.

Call through this package: ``hazard.apply(case, command, now)``.
"""

from domain.hazard.checks import Allowed, allowed_actions, check, check_role, missing_evidence, plan_gaps
from domain.hazard.shapes import (
    ACTION_LABELS,
    LAPSE,
    OPEN_STAGES,
    PLAN_ITEMS,
    REPORT,
    Action,
    Case,
    Change,
    Command,
    Grade,
    Report,
    Round,
    Stage,
    Supervision,
    Verdict,
    place_key,
)
from domain.hazard.steps import apply, lapse, next_deadline, open_case
from domain.hazard.table import TRANSITIONS, Condition, Rule

__all__ = [
    "ACTION_LABELS",
    "LAPSE",
    "OPEN_STAGES",
    "PLAN_ITEMS",
    "REPORT",
    "TRANSITIONS",
    "Action",
    "Allowed",
    "Case",
    "Change",
    "Command",
    "Condition",
    "Grade",
    "Report",
    "Round",
    "Rule",
    "Stage",
    "Supervision",
    "Verdict",
    "allowed_actions",
    "apply",
    "check",
    "check_role",
    "lapse",
    "missing_evidence",
    "next_deadline",
    "open_case",
    "place_key",
    "plan_gaps",
]
