"""The nightly audit of the delivery, kept and told.

Invariant: it changes nothing but its own log; what it finds is for a person to look at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from temporalio import activity

from domain.delivery.auditing import Finding, Flaw

LOOK_BACK: Final = timedelta(days=35)
_LINES: Final = 50


@dataclass(frozen=True, kw_only=True)
class AuditFound:
    """What an audit came to: notices looked at, how many were missing and too much, and the first sentences."""

    notices: int
    missing: int
    extra: int
    sentences: tuple[str, ...] = ()


class Auditor(Protocol):
    """Where the record and the ledger are compared."""

    async def audited(self, since: datetime, now: datetime) -> tuple[int, Sequence[Finding]]:
        """Compare, keep what was found, and give how many notices were looked at with it. Raises ``Temporary``."""
        ...


class DeliveryAuditActivities:
    """The audit's one effect; ``clock`` gives aware instants."""

    def __init__(self, auditor: Auditor, clock: Callable[[], datetime]) -> None:
        self._auditor = auditor
        self._clock = clock

    @activity.defn(name="delivery.audit")
    async def audit(self) -> AuditFound:
        """Audit the last weeks. Raises ``Temporary``."""
        now = self._clock()
        notices, findings = await self._auditor.audited(now - LOOK_BACK, now)
        if findings:
            activity.logger.error("delivery differs from the record", extra={"findings": len(findings)})
        return AuditFound(
            notices=notices,
            missing=sum(one.flaw is Flaw.MISSING for one in findings),
            extra=sum(one.flaw is Flaw.EXTRA for one in findings),
            sentences=tuple(f"{one.flaw.label} {one.notice_id} {one.sentence}" for one in findings[:_LINES]),
        )
