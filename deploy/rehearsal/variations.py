"""One thing otherwise (假设): another term of the policy, a post without somebody, a day off more.

Invariant: a variation changes the scenario or its district before the rehearsal and nothing else.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.processes import StackError
from deploy.rehearsal import district


@dataclass(frozen=True, kw_only=True)
class Variations:
    """What is otherwise: ``path=value`` terms, ``person@post`` absences, days off."""

    terms: Sequence[str] = ()
    without: Sequence[str] = ()
    holidays: Sequence[date] = ()


def vary(made: dict[str, Any], otherwise: Variations) -> None:
    """Change a scenario's district to what is otherwise. Raises ``StackError`` naming what cannot be."""
    terms = {}
    for told in otherwise.terms:
        path, equals, value = told.removeprefix("policy.").partition("=")
        if not equals or not told.startswith("policy."):
            raise StackError("--set 的写法是 policy.路径=值，如 policy.limits.general.rectify.amount=10。")
        terms[path] = _value(value)
    try:
        district.put(made, terms)
    except district.BadTerm as no:
        raise StackError(f"--set：{no}。") from no
    for told in otherwise.without:
        person, _, post = told.partition("@")
        before = len(made["holders"])
        made["holders"] = [
            row for row in made["holders"] if (row["person_id"], row["post_id"]) != (person, post)
        ]
        if len(made["holders"]) == before:
            raise StackError(f"--without {told}：{person} 不在 {post} 岗位上。写法是 人员@岗位。")


def _value(text: str) -> Any:
    """A value as JSON has it, or else as plain text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
