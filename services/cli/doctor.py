"""``bihuan doctor``: whether all is well, in plain words, one line per matter; changes nothing.

Invariant: whatever cannot be asked is told as a fault, never passed over.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from rich.console import Console

from activities.reconcile import Pass, ReconcileActivities
from adapters.postgres import sealed_columns
from adapters.postgres.collection_drift import PostgresCollectionDrift
from adapters.postgres.database import Database
from adapters.postgres.drift import PostgresDrift
from adapters.postgres.seals import PostgresSeals
from deploy import folder
from domain.errors import Temporary
from services import bootstrap, clock, keys
from services.cli import status
from services.settings import Settings
from workflows.gateway import HazardGateway, connect
from workflows.inventory import EngineInventory

PATIENCE: Final = 10.0
LATE: Final = timedelta(minutes=3)
"""How old the reconciler's last pass may be: it makes one a minute."""

SEAL_LATE: Final = timedelta(hours=26)
"""How old the last daily seal may be."""

SPACE: Final = 1_000_000_000
"""Bytes that should be free where the data lives."""

_TITLES: Final = {"intake-relay": "补启动接力", "reconciler": "自查", "daily-seal": "每日封存"}


@dataclass
class Findings:
    """What was asked, and what came of it."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    faults: int = 0

    def well(self, line: str) -> None:
        """Say that something is as it should be."""
        self.console.print(f"正常　{line}", markup=False)

    def fault(self, line: str) -> None:
        """Say that something is not."""
        self.faults += 1
        self.console.print(f"异常　{line}", markup=False)

    def judge(self, sound: bool, well: str, fault: str) -> None:
        """Say one or the other."""
        if sound:
            self.well(well)
        else:
            self.fault(fault)


def run(*, data: Path, settings: Settings) -> bool:
    """Ask everything, print what came of it, and give whether all is well."""
    findings = Findings()
    home = data.expanduser().absolute()
    asyncio.run(_examine(findings, home if folder.read_running(home) else None, settings))
    verdict = f"发现 {findings.faults} 处异常。" if findings.faults else "一切正常。"
    findings.console.print(verdict, markup=False)
    return findings.faults == 0


async def _examine(findings: Findings, home: Path | None, settings: Settings) -> None:
    if home is not None:
        await _parts(findings, home)
    async with AsyncExitStack() as opened:
        url = settings.database_url.get_secret_value()
        database = await opened.enter_async_context(Database.opened(url, size=2, timeout=PATIENCE))
        client = await connect(bootstrap.engine_address(settings))
        gateway = HazardGateway(client, task_queue=settings.task_queue, timeout=PATIENCE)
        inventory = EngineInventory(client, gateway, timeout=PATIENCE)
        record = PostgresDrift(database)
        await _asked(findings, "数据库", database.ping)
        await _asked(findings, "引擎", gateway.ping)
        await _asked(findings, "常驻流程", lambda: _standing(findings, inventory), quiet=True)
        await _asked(findings, "自查记录", lambda: _last_pass(findings, record), quiet=True)
        await _asked(findings, "密钥", lambda: _sealing(findings, database, settings), quiet=True)
        await _asked(findings, "封存", lambda: _last_seal(findings, database), quiet=True)
        looking = ReconcileActivities(record, PostgresCollectionDrift(database), inventory, clock.real)
        await _asked(findings, "核对", lambda: _drifts(findings, looking), quiet=True)


async def _asked(
    findings: Findings, what: str, ask: Callable[[], Awaitable[None]], *, quiet: bool = False
) -> None:
    try:
        await ask()
    except Temporary as away:
        findings.fault(f"{what}：{'数据库' if away.what == 'database' else '引擎'}没有应答")
    else:
        if not quiet:
            findings.well(f"{what}：应答正常")


async def _parts(findings: Findings, home: Path) -> None:
    for row in await status.rows_of(home):
        well = bool(row.pid) and row.answers
        findings.judge(well, f"{row.title}：运行中", f"{row.title}：{'没有应答' if row.pid else '没有运行'}")
    free = shutil.disk_usage(home).free
    told = f"磁盘：剩余 {free / SPACE:.1f} GB"
    findings.judge(free >= SPACE, told, f"{told}，请尽快清理")
    _files(findings, home)


def _files(findings: Findings, home: Path) -> None:
    mode = (home / "secrets.json").stat().st_mode & 0o077
    findings.judge(mode == 0, "密钥文件：仅属主可读", "密钥文件 secrets.json 别人也能读，请改为 600")
    for aside in sorted(home.glob("temporal.unusable-*")):
        findings.console.print(f"提示　引擎的旧数据文件移在 {aside}，确认无用后可删除", markup=False)


async def _standing(findings: Findings, inventory: EngineInventory) -> None:
    for known_as, runs in (await inventory.standing()).items():
        title = _TITLES[known_as]
        findings.judge(runs, f"{title}：运行中", f"{title}：没有运行，请确认工作进程在运行")


async def _last_pass(findings: Findings, record: PostgresDrift) -> None:
    last = await record.last_pass()
    if last is None:
        findings.fault("自查：还没有完成过")
        return
    age = clock.real() - last.finished_at
    told = f"最近一次自查在 {round(age.total_seconds())} 秒前，核对 {last.cases} 件，修复 {last.repaired} 处"
    findings.judge(age <= LATE, told, f"{told}；已超过 {LATE.seconds // 60} 分钟没有自查")


async def _sealing(findings: Findings, database: Database, settings: Settings) -> None:
    known = keys.read(settings.sealing_keys.get_secret_value())
    used = await sealed_columns.in_use(database)
    for key_id, count in used.items():
        if key_id not in known.keys:
            findings.fault(
                f"密钥：{count} 个号码用密钥 {key_id} 加密，设置中没有它，无法解密；请找回这把密钥"
            )
    old = sum(count for key_id, count in used.items() if key_id in known.keys and key_id != known.current)
    told = f"密钥：{used.get(known.current, 0)} 个号码用现用密钥 {known.current} 加密"
    findings.well(told + (f"，{old} 个还用旧密钥，请运行 bihuan keys reseal" if old else ""))


async def _last_seal(findings: Findings, database: Database) -> None:
    last = await PostgresSeals(database).last()
    if last is None:
        findings.fault("封存：还没有做过")
        return
    told = f"最近一次封存是第 {last.number} 号（{last.day.isoformat()}），哈希 {last.hash}"
    late = clock.real() - last.at > SEAL_LATE
    findings.judge(not late, told, f"{told}；已超过一日没有封存")


async def _drifts(findings: Findings, looking: ReconcileActivities) -> None:
    begin, cases = Pass(), 0
    told: set[str] = set()
    while True:
        passed = await looking.look(begin, repair=False)
        cases += passed.cases
        for sentence in [one.sentence for one in passed.drifts if one.sentence not in told]:
            told.add(sentence)
            findings.fault(f"偏差：{sentence}")
        begin = Pass(after_open=passed.next.after_open or "~", after_record=passed.next.after_record or "~")
        if begin == Pass(after_open="~", after_record="~"):
            break
    if not told:
        findings.well(f"数据库、留痕与引擎一致：核对 {cases} 件案卷")
