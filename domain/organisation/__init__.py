"""The organisation (组织): units, posts, who holds them when, who stands in for whom, and how that is changed.

Invariant: an organisation is one frozen value; at every instant one reading of it says who may act by a post, and nothing of
that is copied into a case.
"""

from domain.organisation.amending import Proposal, amend
from domain.organisation.differences import Difference, differences, moved, rows
from domain.organisation.faults import check, faults
from domain.organisation.shapes import (
    ALWAYS,
    Area,
    Organisation,
    Post,
    Span,
    Substitution,
    Tenure,
    Unit,
    UnitKind,
)
from domain.organisation.vacancies import (
    Vacancy,
    check_ladders,
    check_moot,
    check_open_work,
    first_vacancy,
    moot,
    reached,
)

__all__ = [
    "ALWAYS",
    "Area",
    "Difference",
    "Organisation",
    "Post",
    "Proposal",
    "Span",
    "Substitution",
    "Tenure",
    "Unit",
    "UnitKind",
    "Vacancy",
    "amend",
    "check",
    "check_ladders",
    "check_moot",
    "check_open_work",
    "differences",
    "faults",
    "first_vacancy",
    "moot",
    "moved",
    "reached",
    "rows",
]
