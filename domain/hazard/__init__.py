"""The hazard loop (隐患整改闭环): its words, its table, and the pure functions that decide a step.

Call through this package: ``hazard.apply(case, command, now)``.
"""

from domain.hazard.checks import (
    Allowed,
    allowed_actions,
    check,
    check_role,
    missing_evidence,
    role_required,
)
from domain.hazard.conditions import plan_gaps
from domain.hazard.foresight import foresee
from domain.hazard.opening import open_case
from domain.hazard.remarks import Remark, check_remark, remark
from domain.hazard.restamping import Moved, moved, under_days
from domain.hazard.shapes import (
    Case,
    Change,
    Claim,
    Command,
    Grade,
    Report,
    Restamp,
    Round,
    Supervision,
    place_key,
)
from domain.hazard.steps import apply, restamp, step
from domain.hazard.table import TRANSITIONS, Condition, Rule
from domain.hazard.timetable import next_step
from domain.hazard.timing import Acknowledgement, Clock, Extension, Hold, Slip, Step
from domain.hazard.words import (
    ACTION_LABELS,
    CLOCK_OF,
    COMMENT,
    OPEN_STAGES,
    PLAN_ITEMS,
    REPORT,
    RESTAMP,
    Action,
    Decision,
    Stage,
    StepKind,
    Verdict,
)

__all__ = [
    "ACTION_LABELS",
    "CLOCK_OF",
    "COMMENT",
    "OPEN_STAGES",
    "PLAN_ITEMS",
    "REPORT",
    "RESTAMP",
    "TRANSITIONS",
    "Acknowledgement",
    "Action",
    "Allowed",
    "Case",
    "Change",
    "Claim",
    "Clock",
    "Command",
    "Condition",
    "Decision",
    "Extension",
    "Grade",
    "Hold",
    "Moved",
    "Remark",
    "Report",
    "Restamp",
    "Round",
    "Rule",
    "Slip",
    "Stage",
    "Step",
    "StepKind",
    "Supervision",
    "Verdict",
    "allowed_actions",
    "apply",
    "check",
    "check_remark",
    "check_role",
    "foresee",
    "missing_evidence",
    "moved",
    "next_step",
    "open_case",
    "place_key",
    "plan_gaps",
    "remark",
    "restamp",
    "role_required",
    "step",
    "under_days",
]
