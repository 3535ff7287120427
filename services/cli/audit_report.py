"""What verifying finds: every flaw as one line that names the row, and at the end a verdict with the hashes to keep.

Invariant: seals come first, so that every chain is compared with them as it passes.
"""

from collections.abc import Iterable, Mapping

from rich.console import Console

from adapters import signing
from adapters.postgres import soundness
from adapters.postgres.audit import Chain, Kept
from adapters.postgres.audit_chains import Span
from adapters.postgres.intake import case_number
from domain import audit, seals
from domain.access_log import Access, Verifier
from domain.roll import Closing, Gap, Roll
from domain.seals import Head, Seal


class Report:
    """Counts cases and entries, and says what is wrong."""

    def __init__(self, key: str | None = None) -> None:
        """``key``: the public key (hex) that every seal must be signed with, where that is known."""
        self._console = Console(highlight=False, soft_wrap=True)
        self._flaws = 0
        self._key = key
        self._check = seals.Check()
        self._log: Verifier | None = None
        self._sealed_rows: dict[int, tuple[str, int]] = {}
        self._rows = 0
        self.roll = Roll()

    def seal(self, seal: Seal, heads: Iterable[Head]) -> None:
        """The next seal."""
        signed = signing.holds(seal.key, seal.hash, seal.signature) and self._key in (None, seal.key)
        for line in self._check.seal(seal, heads, signed=signed):
            self.flaw(line)

    def chain(self, chain: Chain) -> None:
        """One case, or collection."""
        self.roll.add(chain.case_id, chain.head, len(chain.entries))
        if flaw := audit.verify(chain.case_id, chain.entries, head=chain.head, seq=chain.seq):
            self.flaw(f"{flaw.case_id} 第 {flaw.seq} 条：{flaw.why}")
        self._compare(chain)

    def kept(self, kept: Kept) -> None:
        """One case of the database."""
        self.roll.add(kept.chain.case_id, kept.chain.head, len(kept.chain.entries))
        for flaw in soundness.flaws(kept):
            self.flaw(flaw)
        self._compare(kept.chain)

    def numbers(self, before: Mapping[int, int], after: Mapping[int, int]) -> None:
        """Compare the numbers seen with those given: all given before must be there, none beyond those given after."""
        for gap in self.roll.gaps(before):
            self.flaw(f"案卷缺失：{_named(gap)}")
        for year in self.roll.beyond(after):
            self.flaw(f"{year} 年的案号超出已发出的末号")

    def whole(self, closing: Closing | None) -> None:
        """Compare the cases of an export with what its closing line states."""
        if closing is None:
            self.flaw("导出不完整：没有结尾行")
            return
        missing = [_named(gap) for gap in self.roll.gaps(closing.years)]
        if missing:
            self.flaw(f"导出不完整：缺少 {'、'.join(missing)}")
        elif self.roll.closing(closing.years) != closing:
            self.flaw("导出不完整：案卷、留痕的条数或摘要与结尾行不符")

    def log_begins(self, seq: int, head: str) -> None:
        """Behind which row the access log begins: its hash must be one that was sealed."""
        self._log = Verifier(seq=seq, head=head)
        self._sealed_rows = dict(self._check.of(seals.ACCESS_LOG))
        sealed, _number = self._sealed_rows.pop(seq, (None, 0))
        if seq and sealed != head:
            self.flaw(f"访问留痕：自第 {seq + 1} 条起，而第 {seq} 条的哈希与封存不符")
        self._sealed_rows = {row: told for row, told in self._sealed_rows.items() if row > seq}

    def access(self, row: Access) -> None:
        """The next row of the access log."""
        if self._log is None:
            self.log_begins(0, seals.GENESIS)
        assert self._log is not None  # noqa: S101 - set above
        self._rows += 1
        if flaw := self._log.read(row):
            self.flaw(f"访问留痕 第 {flaw.seq} 条：{flaw.why}")
        sealed, number = self._sealed_rows.pop(row.seq, (row.hash, 0))
        if sealed != row.hash:
            self.flaw(f"访问留痕 {seals.contradiction(row.seq, number)}")

    def log_ends(self, span: Span) -> None:
        """The end of the access log, as it is stated."""
        if self._log is not None and (flaw := self._log.close(seq=span.seq, head=span.head)):
            self.flaw(f"访问留痕 第 {flaw.seq} 条：{flaw.why}")
        for seq, (_head, number) in sorted(self._sealed_rows.items()):
            self.flaw(f"访问留痕 {seals.contradiction(seq, number)}")

    def flaw(self, line: str) -> None:
        """Say what is wrong."""
        self._flaws += 1
        self._console.print(line, markup=False)

    def close(self) -> bool:
        """Say what was seen and whether all is sound."""
        for chain in self._check.missing():
            if chain != seals.ACCESS_LOG:
                self.flaw(f"案卷缺失：{chain}（曾被封存）")
        last = self._check.last
        if last is not None:
            keys = "、".join(sorted(self._check.keys))
            told = (
                f"封存 {last.number} 号，末号（{last.day.isoformat()}）的哈希 {last.hash}，签名公钥 {keys}。"
            )
            self._console.print(told, markup=False)
        if self._log is not None:
            told = f"访问留痕 {self._rows} 条，末条（第 {self._log.seq} 条）的哈希 {self._log.head}。"
            self._console.print(told, markup=False)
        verdict = f"发现 {self._flaws} 处问题" if self._flaws else "全部完好"
        self._console.print(
            f"核验 {self.roll.cases} 件案卷、{self.roll.entries} 条留痕：{verdict}。", markup=False
        )
        return self._flaws == 0

    def _compare(self, chain: Chain) -> None:
        hashes = {entry.seq: entry.hash for entry in chain.entries}
        for line in self._check.chain(chain.case_id, hashes):
            self.flaw(f"{chain.case_id} {line}")


def _named(gap: Gap) -> str:
    first, last = case_number(gap.year, gap.first), case_number(gap.year, gap.last)
    return first if first == last else f"{first} 至 {last}"
