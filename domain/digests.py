"""Digests (批量通知): what the items of one bulk act tell, put together as one notice to each post.

Invariant: each post gets one notice, which says how many cases it is about; what is only one stays as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.notices import Notice, NoticeKind

NAMED: Final = 5
"""Cases that a digest names by number; of the others it says how many there are."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """What one item of a bulk act tells one post; instants are aware UTC."""

    id: str
    case_id: str
    seq: int
    kind: NoticeKind
    post_id: str
    text: str
    at: datetime
    leaves_at: datetime
    urgent: bool


def digests(items: Iterable[Item], now: datetime) -> dict[str, Notice]:
    """One notice for each post, by post, from what is told; ``now`` is when they are put together."""
    of_posts: dict[str, list[Item]] = {}
    for item in items:
        of_posts.setdefault(item.post_id, []).append(item)
    return {post_id: _digest(sorted(told, key=lambda one: one.id), now) for post_id, told in of_posts.items()}


def _digest(told: list[Item], now: datetime) -> Notice:
    first = told[0]
    single = len(told) == 1
    return Notice(
        # the id of an item is used once: for itself, or for the digest that it opens
        id=first.id,
        case_id=first.case_id,
        seq=first.seq,
        kind=first.kind if single else NoticeKind.DIGEST,
        post_id=first.post_id,
        at=now,
        due_at=first.at,
        leaves_at=max(now, min(one.leaves_at for one in told)),
        urgent=any(one.urgent for one in told),
        late=False,
        text=first.text if single else _text(told),
    )


def _text(told: list[Item]) -> str:
    cases = list(dict.fromkeys(one.case_id for one in told))
    counts = {
        kind: sum(1 for one in told if one.kind is kind) for kind in dict.fromkeys(one.kind for one in told)
    }
    kinds = "、".join(f"{kind.label}{count}件" for kind, count in counts.items())
    more = f"等{len(cases)}件" if len(cases) > NAMED else ""
    return f"批量办理：{kinds}。{'、'.join(cases[:NAMED])}{more}"
