"""Collections with a deadline (限时收集): rosters, reports, zero reports, read receipts, statistics.

Pure rules; call through this package: ``collection.freeze(...)``.
"""

from domain.collection import telling
from domain.collection.acts import Decided, Decision, act
from domain.collection.board import Board, board
from domain.collection.changes import CLOCK, By
from domain.collection.judging import freeze, frozen, outcome, outstanding, standing
from domain.collection.kinds import CollectionKind, Content, Counted, Reminders
from domain.collection.lists import Counts, Frozen, Standing, digest
from domain.collection.opening import Audience, Exemption, Plan, create
from domain.collection.shapes import Change, Collection, Extension, Member, Step, Submission, Telling
from domain.collection.steps import end, next_step, pending, spoken, take
from domain.collection.submitting import Given, Submitted, check_window, submit
from domain.collection.window import Window
from domain.collection.words import (
    CREATED,
    END_EARLY,
    Action,
    Consequence,
    Outcome,
    Phase,
    StepKind,
    Via,
    label_of,
)

__all__ = [
    "CLOCK",
    "CREATED",
    "END_EARLY",
    "Action",
    "Audience",
    "Board",
    "By",
    "Change",
    "Collection",
    "CollectionKind",
    "Consequence",
    "Content",
    "Counted",
    "Counts",
    "Decided",
    "Decision",
    "Exemption",
    "Extension",
    "Frozen",
    "Given",
    "Member",
    "Outcome",
    "Phase",
    "Plan",
    "Reminders",
    "Standing",
    "Step",
    "StepKind",
    "Submission",
    "Submitted",
    "Telling",
    "Via",
    "Window",
    "act",
    "board",
    "check_window",
    "create",
    "digest",
    "end",
    "freeze",
    "frozen",
    "label_of",
    "next_step",
    "outcome",
    "outstanding",
    "pending",
    "spoken",
    "standing",
    "submit",
    "take",
    "telling",
]
