"""Daily seals over the heads of all chains (每日封存): what anchors the record outside the database.

Invariant: a seal lists every chain that grew since the seal before, at which entry and with which hash; it covers the hash
of the seal before and is signed with a key that the database never has. So whoever rewrites a chain whole, or removes it,
contradicts a seal, and who rewrites seals cannot sign them. Source: reliability, 3.6 (a chain alone stops no administrator).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

GENESIS: Final = "0" * 64
ACCESS_LOG: Final = "access_log"
"""The name of the one chain that is no case's."""

_LOCAL: Final = timezone(timedelta(hours=8))
_MADE_AT: Final = time(0, 10)
"""When a day's seal is made, Asia/Shanghai: what was written around midnight is on file by then."""


@dataclass(frozen=True, kw_only=True, order=True)
class Head:
    """The end of a chain when it was sealed: the number of its last entry, and that entry's hash (hex)."""

    chain: str
    seq: int
    head: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    """One seal. ``heads`` is the digest of the heads it lists; ``key`` the public key (Ed25519, hex) it is signed with."""

    number: int
    day: date
    at: datetime
    prev: str
    chains: int
    heads: str
    hash: str
    key: str
    signature: str


def digest(heads: Iterable[Head]) -> str:
    """One SHA-256 (hex) over heads, in the order of their chains."""
    told = hashlib.sha256()
    for one in sorted(heads):
        told.update(f"{one.chain} {one.seq} {one.head}\n".encode())
    return told.hexdigest()


def hash_of(*, number: int, day: date, at: datetime, prev: str, chains: int, heads: str) -> str:
    """The hash of a seal, which is what is signed: SHA-256 (hex) of its fields as one JSON list."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    text = json.dumps(["bihuan seal", number, day.isoformat(), when, prev, chains, heads])
    return hashlib.sha256(text.encode()).hexdigest()


def day_of(now: datetime) -> date:
    """The local day (Asia/Shanghai) of an instant (aware)."""
    return now.astimezone(_LOCAL).date()


def next_after(now: datetime) -> datetime:
    """When the next seal is due: ten minutes past the next local midnight."""
    return datetime.combine(day_of(now) + timedelta(days=1), _MADE_AT, _LOCAL).astimezone(UTC)


class Check:
    """Compares chains with the seals, which are given first, and finds what does not fit. Gives sentences in Chinese."""

    def __init__(self) -> None:
        self.last: Seal | None = None
        self.keys: set[str] = set()
        self._sealed: dict[str, dict[int, tuple[str, int]]] = {}

    def seal(self, seal: Seal, heads: Iterable[Head], *, signed: bool) -> list[str]:
        """The next seal with what it lists; ``signed`` says whether its signature holds."""
        listed = list(heads)
        flaws = _flaws_of(seal, listed, self.last, signed=signed)
        for one in listed:
            self._sealed.setdefault(one.chain, {})[one.seq] = (one.head, seal.number)
        self.last = seal
        self.keys.add(seal.key)
        return flaws

    def of(self, chain: str) -> Mapping[int, tuple[str, int]]:
        """What the seals say of a chain: entry → its hash, and the number of the seal; the chain is not missed any more."""
        return self._sealed.pop(chain, {})

    def chain(self, chain: str, hashes: Mapping[int, str]) -> list[str]:
        """A whole chain: entry → its hash."""
        found = ((seq, hashes.get(seq), told) for seq, told in sorted(self.of(chain).items()))
        return [contradiction(seq, number) for seq, given, (head, number) in found if given != head]

    def missing(self) -> list[str]:
        """The sealed chains that were not met."""
        return sorted(self._sealed)


def contradiction(seq: int, number: int) -> str:
    """That an entry is not the one that was sealed."""
    return f"第 {seq} 条：与第 {number} 号封存不符，封存之后被改动或删除"


def _flaws_of(seal: Seal, heads: list[Head], last: Seal | None, *, signed: bool) -> list[str]:
    number = last.number + 1 if last else 1
    if seal.number != number:
        return [f"第 {number} 号封存缺失或次序被调换"]
    if seal.prev != (last.hash if last else GENESIS):
        return [f"第 {number} 号封存：与上一号不相连"]
    if seal.chains != len(heads) or seal.heads != digest(heads):
        return [f"第 {number} 号封存：所列各链的末条与其摘要不符，已被改动"]
    told = hash_of(
        number=number, day=seal.day, at=seal.at, prev=seal.prev, chains=seal.chains, heads=seal.heads
    )
    if told != seal.hash:
        return [f"第 {number} 号封存：内容与哈希不符，已被改动"]
    return [] if signed else [f"第 {number} 号封存：签名不成立"]
