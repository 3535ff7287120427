"""What somebody from outside says to a case (外部人员留言), by a link that a post has issued.

Invariant: a remark moves nothing: no stage, no clock, no evidence of the loop. It is on record with its files under the
link that it came by, and names no person; a file counts as evidence once somebody with a post cites it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain import audit
from domain.audit import Entry
from domain.errors import Kind, Refused
from domain.evidence import Evidence
from domain.hazard import changes
from domain.hazard.shapes import Case, Change
from domain.hazard.words import COMMENT

CHANNEL: Final = "link"


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A remark by the holder of a link; the request's id names the link."""

    request_id: str
    note: str
    evidence: tuple[Evidence, ...] = ()


def check_remark(case: Case) -> None:
    """Refuse a remark to a case on which nobody has anything left to do. Raises ``Refused`` (``wrong_stage``)."""
    if not case.stage.is_open:
        raise Refused(
            Kind.WRONG_STAGE,
            "wrong_stage",
            f"“{case.stage.label}”的隐患不能留言",
            stage=case.stage.value,
            action=COMMENT,
        )


def remark(case: Case, given: Remark, now: datetime) -> Change | None:
    """The change that puts a remark on record; ``None`` for a repeat. Raises ``Refused`` (``wrong_stage``)."""
    if given.request_id in case.recent_requests:
        return None
    check_remark(case)
    entry = Entry(
        case_id=case.id,
        seq=case.seq + 1,
        at=now,
        action=COMMENT,
        person_id=None,
        post_id=None,
        on_behalf_of=None,
        channel=CHANNEL,
        request_id=given.request_id,
        patch={},
        note=given.note,
        evidence=tuple(audit.plain(given.evidence)),
        prev=case.head,
    )
    return changes.sealed(case, entry, ())
