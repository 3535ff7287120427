"""``bihuan notices``: audit the delivery from the record, and let go of the brake on mass changes."""

import asyncio
from datetime import timedelta

from adapters.postgres.delivery_audit import PostgresDeliveryAudit
from adapters.postgres.delivery_reads import PostgresDeliveryReads
from domain.delivery.auditing import Flaw
from services import clock
from services.cli import stack
from services.settings import Settings


def audit(settings: Settings, days: int) -> bool:
    """Print what was missing and what was too much in so many days; give whether all is right. Raises ``Temporary``."""
    return asyncio.run(_audit(settings, days))


async def _audit(settings: Settings, days: int) -> bool:
    now = clock.real()
    async with stack.database(settings) as database:
        auditor = PostgresDeliveryAudit(database)
        audited = await auditor.audit(now - timedelta(days=days), now)
        await auditor.keep(audited, now)
    for one in audited.findings:
        print(f"{one.flaw.label}　{one.notice_id}　{one.sentence}")
    missing, extra = audited.count(Flaw.MISSING), audited.count(Flaw.EXTRA)
    print(f"核对 {audited.notices} 份通知：漏发 {missing}，多发 {extra}")
    return not audited.findings


def release(settings: Settings) -> None:
    """Have what is braked leave now. Raises ``Temporary``."""
    asyncio.run(_release(settings))


async def _release(settings: Settings) -> None:
    async with stack.database(settings) as database:
        await stack.noted(database, "release_delivery_brake")
        await PostgresDeliveryReads(database).release(None, "cli", clock.real())
    print("已放行：暂缓的通知随即合并发出")
