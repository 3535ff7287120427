"""The kinds of collections as data (收集种类): which form, which evidence, who is reminded when, and what follows.

Invariant: a kind is stamped on a collection when it is created; a later version touches only later collections.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from domain.collection.words import Consequence


class Content(StrEnum):
    """What a submission is about beyond its form: which rules besides the form's are asked."""

    FORM = "form"
    ROSTER = "roster"
    HAZARDS = "hazards"
    RECEIPT = "receipt"


class Counted(StrEnum):
    """Which arrival counts for a unit whose first one was returned as defective."""

    FIRST = "first"
    LAST = "last"

    @property
    def label(self) -> str:
        """The term that people use."""
        return {Counted.FIRST: "首次", Counted.LAST: "末次"}[self]


@dataclass(frozen=True, kw_only=True)
class Reminders:
    """When those who have not submitted are reminded.

    Attributes:
        before: minutes before the due instant, in any order.
        after: minutes behind the due instant, before cut-off.
        urgent: whether they leave at night and on holidays too.
    """

    before: tuple[int, ...] = (1440, 120, 30)
    after: tuple[int, ...] = ()
    urgent: bool = True


@dataclass(frozen=True, kw_only=True)
class CollectionKind:
    """One version of a kind.

    Attributes:
        form: the JSON Schema (2020-12) of the content.
        evidence: kinds of evidence that each submission cites, in this order (签字、盖章、扫描件); a zero report needs none.
        seal_alternative: kinds of evidence of which one stands for all of ``evidence`` (电子印章).
        content: which rules besides the form's are asked.
        review: whether a person has to accept each submission before the collection can end early.
        zero: whether "nothing happened" (零报告) is an answer, which is never the same as no answer.
        early_end: whether the collection ends when nobody is outstanding any more.
        counted: which arrival counts for a unit whose submission was returned.
        escalate_to: desks that are told at cut-off where the consequence is an escalation.
    """

    code: str
    version: int
    label: str
    form: Mapping[str, Any]
    evidence: tuple[str, ...] = ()
    seal_alternative: tuple[str, ...] = ()
    content: Content = Content.FORM
    reminders: Reminders = field(default_factory=Reminders)
    consequence: Consequence = Consequence.NONE
    review: bool = False
    zero: bool = False
    early_end: bool = True
    counted: Counted = Counted.FIRST
    escalate_to: tuple[str, ...] = ("office", "leader")


ROSTER: Final = "duty_roster"
"""The kind of duty rosters (值班表)."""
