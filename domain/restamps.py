"""An order to bring running cases under newer days or a newer policy (时限重算), kept until it is carried out.

Invariant: an order is on record together with the edit that it follows from; carrying it out twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class RestampOrder:
    """The order.

    Attributes:
        id: such as ``CN-v12`` or ``policy-2026-2``; part of the request under which each case is changed.
        regions: whose days changed; ``None`` for a policy.
        policy_version: the policy to bring cases under; ``None`` for days.
        reason: the document, or what the operator said.
        person_id, post_id: by whom.
        wanted_at: aware UTC.
    """

    id: str
    reason: str
    person_id: str
    post_id: str
    wanted_at: datetime
    regions: tuple[str, ...] | None = None
    policy_version: str | None = None

    @property
    def request_id(self) -> str:
        """The request under which a case is changed because of this order."""
        return f"restamp:{self.id}"
