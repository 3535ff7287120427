"""An order to bring running cases under newer days, a newer policy (时限重算) or another team, kept until it is carried out.

Invariant: an order is on record together with the edit that it follows from; carrying it out twice changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class RestampOrder:
    """The order.

    Attributes:
        id: such as ``days-CN-v12``, ``policy-2026-2`` or ``teams-7``; part of the request under which each case is changed.
        regions: whose days changed; ``None`` for others.
        policy_version: the policy to bring cases under; ``None`` for others.
        unit_ids: which units are covered by another team; ``None`` for others.
        reason: the document, or what the operator said.
        person_id, post_id: by whom; ``None`` for a file that an administrator of the machine applied.
        wanted_at: aware UTC.
    """

    id: str
    reason: str
    person_id: str | None
    post_id: str | None
    wanted_at: datetime
    regions: tuple[str, ...] | None = None
    policy_version: str | None = None
    unit_ids: tuple[str, ...] | None = None

    @property
    def request_id(self) -> str:
        """The request under which a case is changed because of this order."""
        return f"restamp:{self.id}"


def of_teams(
    version: int,
    unit_ids: tuple[str, ...],
    by: tuple[str | None, str | None],
    reason: str | None,
    now: datetime,
) -> RestampOrder:
    """The order that follows from change ``version`` of the organisation, ``by`` a person and a post: other teams cover units."""
    person_id, post_id = by
    return RestampOrder(
        id=f"teams-{version}",
        unit_ids=unit_ids,
        reason=reason or "包联调整",
        person_id=person_id,
        post_id=post_id,
        wanted_at=now,
    )
