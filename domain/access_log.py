"""The access log (访问留痕): who signed in, saw a number, exported, changed what is no case, or was refused.

Invariant: one chain over all rows; a row's hash covers every field of it and the hash before it, so that editing, deleting,
inserting or swapping any row is found, and the first bad one is named. Rows hold ids, never names or numbers.
Sources: GB/T 22239-2019, 8.1.4.3 (what a row must tell); 网络安全法 (2025 修正) art. 23 (kept for at least six months).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

GENESIS: Final = "0" * 64

SHORTEST_DAYS: Final = 184
"""Six calendar months are at most so many days: nothing younger is ever purged."""


class AccessKind(StrEnum):
    """What somebody did."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    REVEAL = "reveal"
    EXPORT = "export"
    REFUSED = "refused"
    LINK_ISSUED = "link_issued"
    LINK_USED = "link_used"
    ORG_CHANGE = "org_change"
    WRITE = "write"

    @property
    def label(self) -> str:
        """The Chinese words for it."""
        return _LABELS[self]


_LABELS: Final = {
    AccessKind.SIGN_IN: "登录",
    AccessKind.SIGN_IN_FAILED: "登录失败",
    AccessKind.SIGN_OUT: "退出",
    AccessKind.REVEAL: "查看完整号码",
    AccessKind.EXPORT: "导出",
    AccessKind.REFUSED: "被拒绝",
    AccessKind.LINK_ISSUED: "签发链接",
    AccessKind.LINK_USED: "使用链接",
    AccessKind.ORG_CHANGE: "机构变更",
    AccessKind.WRITE: "写入",
}


@dataclass(frozen=True, kw_only=True)
class Access:
    """One row. ``at`` is aware UTC; ``subject`` says on what, by ids; ``prev`` and ``hash`` are SHA-256 in hex."""

    seq: int
    at: datetime
    kind: str
    outcome: str
    person_id: str | None
    post_id: str | None
    on_behalf_of: str | None
    subject: str | None
    channel: str
    request_id: str | None
    reason: str | None
    prev: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What the log is to say of a write, known before it is made: ids and short words, like every row."""

    kind: AccessKind
    subject: str
    person_id: str | None = None
    post_id: str | None = None
    on_behalf_of: str | None = None
    channel: str = "api"
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class AccessFlaw:
    """The first thing wrong with the log: the row's number and why, in Chinese."""

    seq: int
    why: str


def digest(row: Access) -> str:
    """The hash that a row must bear: of its fields as one JSON list, the way the database writes it."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    told = [
        *(row.seq, at, row.kind, row.outcome, row.person_id, row.post_id, row.on_behalf_of),
        *(row.subject, row.channel, row.request_id, row.reason, row.prev),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class Verifier:
    """Reads the log row by row, in order, and finds the first flaw; it remembers the end only."""

    def __init__(self, *, seq: int = 0, head: str = GENESIS) -> None:
        """``seq`` and ``head``: behind which row the log begins, as the seal says up to which it was purged."""
        self.seq = seq
        self.head = head
        self.flaw: AccessFlaw | None = None

    def read(self, row: Access) -> AccessFlaw | None:
        """Check the next row; gives the flaw the first time there is one, and looks no further then."""
        if self.flaw is not None:
            return None
        self.flaw = self._check(row)
        if self.flaw is None:
            self.seq, self.head = row.seq, row.hash
        return self.flaw

    def close(self, *, seq: int, head: str) -> AccessFlaw | None:
        """Check the end against the one that is stated."""
        if self.flaw is None and self.seq != seq:
            self.flaw = AccessFlaw(seq=self.seq + 1, why=f"应到第 {seq} 条，实到第 {self.seq} 条")
        elif self.flaw is None and self.head != head:
            self.flaw = AccessFlaw(seq=self.seq, why="末条哈希与所载不符")
        else:
            return None
        return self.flaw

    def _check(self, row: Access) -> AccessFlaw | None:
        expected = self.seq + 1
        if row.seq != expected:
            return AccessFlaw(seq=expected, why=f"第 {expected} 条缺失或次序被调换")
        if row.prev != self.head:
            return AccessFlaw(seq=expected, why="与上一条的哈希不相连")
        if digest(row) != row.hash:
            return AccessFlaw(seq=expected, why="内容与哈希不符，已被改动")
        return None


def verify(rows: Iterable[Access], *, seq: int, head: str) -> AccessFlaw | None:
    """The first flaw of a whole log whose end is stated, or ``None`` for a sound one."""
    reading = Verifier()
    for row in rows:
        reading.read(row)
    return reading.flaw or reading.close(seq=seq, head=head)
