"""Collections with a deadline (限时收集): rosters, reports, zero reports, read receipts, statistics.

Pure rules; call through this package: ``collection.freeze(...)``.
"""

from domain.collection.judging import freeze, outcome, standing
from domain.collection.kinds import CollectionKind, Content, Counted, Reminders
from domain.collection.lists import Counts, Frozen, Standing, digest
from domain.collection.shapes import Change, Collection, Extension, Member, Step, Submission
from domain.collection.window import Window
from domain.collection.words import CREATED, Action, Consequence, Outcome, Phase, StepKind, Via

__all__ = [
    "CREATED",
    "Action",
    "Change",
    "Collection",
    "CollectionKind",
    "Consequence",
    "Content",
    "Counted",
    "Counts",
    "Extension",
    "Frozen",
    "Member",
    "Outcome",
    "Phase",
    "Reminders",
    "Standing",
    "Step",
    "StepKind",
    "Submission",
    "Via",
    "Window",
    "digest",
    "freeze",
    "outcome",
    "standing",
]
