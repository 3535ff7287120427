"""What the fuzzer cannot guess: the codes of the sample district, a real photo, and a key not used before.

Loaded by schemathesis in its own process. Only well-formed requests are touched, and they stay well formed; without
this, no report would name a unit that exists, no upload would be a picture, and no case would leave its first stage.
"""

import itertools
import json
import random
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CaseMetadata

from domain.evidence import EvidenceKind

KNOWN: dict[str, list[str | None]] = {
    "unit_id": ["ec01", "ec02"],
    "category": ["fire"],
    "level": ["general", "major"],
    "post": ["ec01-safety", "ec01-head"],
    "closing_authority": ["deputy"],
    "item": ["fire-exit", None],
}
GIVEN = json.loads(Path("given.json").read_text(encoding="utf-8"))
EVIDENCE = [{"file_id": GIVEN["file"], "kind": kind.value} for kind in EvidenceKind]

chance = random.Random(2026)  # noqa: S311
numbers = itertools.count()


reported: list[str] = GIVEN["cases"]
"""Cases that are there, the newest last."""


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: "schemathesis.Case[Any]", **kwargs: Any) -> None:
    if case.meta is None:
        return
    _name_a_case(case, case.meta)
    if case.operation.method in ("post", "put"):
        _give_a_key(case, case.meta)
        if not case.meta.generation.mode.is_negative and isinstance(case.body, dict) and _cites(case.path):
            case.body = _uploaded() if case.path == "/v1/files" else _known(case.body)


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext, case: "schemathesis.Case[Any]", response: schemathesis.Response
) -> None:
    if case.path == "/v1/hazards" and response.status_code == 201:
        reported.append(response.json()["id"])


def _name_a_case(case: "schemathesis.Case[Any]", meta: CaseMetadata) -> None:
    """A walk that did not come by a link acts on a case that is there; its own cases it keeps."""
    if "hazard_id" not in case.path_parameters or meta.is_negative_at(ParameterLocation.PATH):
        return
    if reported and case.path_parameters["hazard_id"] not in reported and chance.random() < 0.8:
        case.path_parameters["hazard_id"] = chance.choice(reported[-10:])


def _give_a_key(case: "schemathesis.Case[Any]", meta: CaseMetadata) -> None:
    key = case.headers.get("Idempotency-Key") if case.headers else None
    if key and not meta.is_negative_at(ParameterLocation.HEADER):
        case.headers["Idempotency-Key"] = f"{next(numbers)}-{key}"[:255]


def _cites(path: str) -> bool:
    """Whether it is an upload, or a report or an act, which cite evidence; an act on many says so further inside."""
    if path.startswith("/v1/hazards/bulk/") or path.endswith("/links"):
        return False
    return path.startswith(("/v1/files", "/v1/hazards"))


def _uploaded() -> dict[str, Any]:
    """A document of one page that is text throughout: schemathesis takes bytes in a body for a violation."""
    return {"file": _pdf(width=chance.randint(100, 104))}


def _pdf(width: int) -> str:
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} 100] >>",
    )
    text, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{text}xref\n0 4\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    )


def _known(body: dict[str, Any]) -> dict[str, Any]:
    if chance.random() < 0.2:
        return dict(body)
    known = {name: chance.choice(KNOWN[name]) for name, value in body.items() if value and name in KNOWN}
    return {**body, **known, "evidence": EVIDENCE}
