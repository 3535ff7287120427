"""What the fuzzer cannot guess: the codes of the sample district, a real photo, and a key not used before.

Loaded by schemathesis in its own process. Only well-formed requests are touched, and they stay well formed; without
this, no report would name a unit that exists, no upload would be a picture, and no case would leave its first stage.
"""

import itertools
import random
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation

from domain.evidence import EvidenceKind
from services.api.routers.files import file_id
from tests.api.fuzzing import PHOTO_SHA256

KNOWN: dict[str, list[str | None]] = {
    "unit_id": ["ec01", "ec02"],
    "category": ["fire"],
    "level": ["general", "major"],
    "post": ["ec01-safety", "ec01-head"],
    "closing_authority": ["deputy"],
    "item": ["fire-exit", None],
}
EVIDENCE = [{"file_id": file_id(PHOTO_SHA256), "kind": kind.value} for kind in EvidenceKind]

chance = random.Random(2026)  # noqa: S311
numbers = itertools.count()


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: "schemathesis.Case[Any]", **kwargs: Any) -> None:
    if case.meta is None or case.operation.method != "post":
        return
    key = case.headers.get("Idempotency-Key") if case.headers else None
    if key and not case.meta.is_negative_at(ParameterLocation.HEADER):
        case.headers["Idempotency-Key"] = f"{next(numbers)}-{key}"[:255]
    if not case.meta.generation.mode.is_negative and isinstance(case.body, dict):
        case.body = _uploaded() if case.path == "/v1/files" else _known(case.body)


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
