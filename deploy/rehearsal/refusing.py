"""The lines of what the rules refuse, and of what can no longer happen because of it.

Invariant: a refusal by the rules is part of the play; an API that breaks ends it.
"""

from http import HTTPStatus
from typing import Any

import httpx

from deploy.processes import StackError
from deploy.rehearsal.scenario import ABOUT_ASKED, EVENTS, Event
from deploy.rehearsal.stage import Stage
from deploy.rehearsal.timeline import Kind, Line


def refused(stage: Stage, answer: httpx.Response, label: str, about: dict[str, Any]) -> Line:
    """What was refused and why. Raises ``StackError`` where the API broke instead of refusing."""
    problem = answer.json()
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and not stage.engine_away:
        raise StackError(f"推演中断：API 对“{label}”答复 {answer.status_code}。")
    why = "；".join(f"{one['field']} {one['message']}" for one in problem.get("errors") or ())
    text = f"{label}：{problem['title']}" + (f"（{why}）" if why else "")
    return Line(at=stage.now, kind=Kind.REFUSED, text=text, **about)


def unheld(stage: Stage, post: str, **about: str | None) -> Line:
    """The line of somebody who should have spoken by a post that nobody holds."""
    text = "岗位空缺，无人办理"
    return Line(at=stage.now, kind=Kind.REFUSED, post=post, channel="API", text=text, **about)


def unheld_at(stage: Stage, event: Event, post: str) -> Line:
    """The same for an event: about which case, and what was to be done."""
    name, told = next((name, told) for name in EVENTS if (told := getattr(event, name)) is not None)
    known = getattr(told, "case", "")
    asked, hazard = stage.asked.get(known), stage.cases.get(known)
    number, kind = (asked.number, asked.kind) if asked else (hazard, hazard and "hazard")
    return unheld(stage, post, case=number, kind_of_case=kind, step=str(getattr(told, "do", name)))


def not_asked(stage: Stage, event: Event) -> Line | None:
    """The line of an event about a collection that the rules refused, or ``None`` for any other event."""
    for step in ABOUT_ASKED:
        told = getattr(event, step)
        if told is not None and told.case not in stage.asked:
            text = f"“{told.case}”未能发起，此事不再办理"
            return Line(at=stage.now, kind=Kind.REFUSED, step=step, channel="API", text=text)
    return None
