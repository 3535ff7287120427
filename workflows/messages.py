"""What crosses the engine: one frozen value per workflow input and answer, and how a refusal travels.

Invariant: new fields get defaults, and no field is removed or retyped while a history may hold it.
"""

from dataclasses import dataclass
from typing import Any, Final

from temporalio.exceptions import ApplicationError

from domain.errors import Kind, Refused

REFUSED: Final = "Refused"


@dataclass(frozen=True, kw_only=True)
class HazardStart:
    """Which case the workflow runs; its state and terms are read from the record.

    ``ahead`` is set in a rehearsal only: see :mod:`workflows.moments`.
    """

    case_id: str
    ahead: int | None = None


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """A command is on record as change ``seq``; ``stage`` is the stage after it."""

    case_id: str
    seq: int
    stage: str


def as_failure(refused: Refused) -> ApplicationError:
    """A refusal in the form in which it crosses the engine."""
    details = {
        "kind": refused.kind.value,
        "code": refused.code,
        "message": refused.message,
        "details": dict(refused.details),
    }
    return ApplicationError(refused.message, details, type=REFUSED, non_retryable=True)


def as_refused(failure: ApplicationError) -> Refused | None:
    """The refusal inside a failure, or ``None`` when it is something else."""
    if failure.type != REFUSED or not failure.details:
        return None
    told: dict[str, Any] = failure.details[0]
    return Refused(Kind(told["kind"]), told["code"], told["message"], **told["details"])
