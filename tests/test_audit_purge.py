"""Purging the access log: up to a sealed row and never of what is young; what is left still verifies."""

from datetime import UTC, datetime, timedelta

from adapters.postgres import access_purge
from adapters.postgres.access_log import AccessLog
from adapters.postgres.audit_chains import PostgresChains
from adapters.postgres.seals import PostgresSeals
from deploy.devstack import Devstack
from domain import access_log
from domain.access_log import AccessKind
from services import bootstrap
from services.cli import audit_purge
from services.cli.audit_report import Report
from tests.harness import World

DAYS = timedelta(days=1)


async def _sound(world: World) -> tuple[bool, int]:
    """Whether the log verifies with the seals, as ``bihuan audit verify`` does, and at which row it begins."""
    report, chains = Report(), PostgresChains(world.database)
    async for seal, heads in PostgresSeals(world.database).all():
        report.seal(seal, heads)
    span = await chains.span()
    report.log_begins(span.begins_seq, span.begins_head)
    async for row in chains.accesses(span):
        report.access(row)
    report.log_ends(span)
    return report._flaws == 0, span.begins_seq


async def test_old_rows_go_up_to_a_seal_young_ones_stay_and_the_rest_is_verified_from_there(
    apart: World, apart_stack: Devstack
) -> None:
    log, record = AccessLog(apart.database), PostgresSeals(apart.database, bootstrap.signer(apart.settings))
    last = await record.last()
    begin = max(datetime.now(UTC), last.at if last else datetime.now(UTC)) + DAYS
    for number in range(5):
        await log.note(None, at=begin, kind=AccessKind.EXPORT, subject=f"purge/{number}")
    await record.make(begin + DAYS)
    sealed = (await PostgresChains(apart.database).span()).seq
    await log.note(None, at=begin + 2 * DAYS, kind=AccessKind.EXPORT, subject="old and sealed by none")
    await log.note(None, at=begin + 300 * DAYS, kind=AccessKind.EXPORT, subject="young")
    now = begin + 500 * DAYS
    assert await access_purge.purge(apart_stack.owner_url, begin - 400 * DAYS, now) == 0
    removed = await access_purge.purge(apart_stack.owner_url, begin + 100 * DAYS, now)
    assert removed == sealed
    assert await _sound(apart) == (True, sealed)
    left = [
        row
        async for row in PostgresChains(apart.database).accesses(await PostgresChains(apart.database).span())
    ]
    assert [row.subject for row in left][-2:] == ["young", f"audit/purge/{sealed}"]
    assert await access_purge.purge(apart_stack.owner_url, begin + 100 * DAYS, now) == 0


async def test_rows_that_go_without_a_purge_on_file_are_missed(apart: World, apart_stack: Devstack) -> None:
    span = await PostgresChains(apart.database).span()
    rows = [row async for row in PostgresChains(apart.database).accesses(span)]
    reading = access_log.Verifier(seq=span.begins_seq, head=span.begins_head)
    flaw = reading.read(rows[1])
    assert flaw is not None
    assert flaw.seq == rows[0].seq


def test_the_floor_holds_whatever_is_set(apart: World) -> None:
    assert audit_purge.kept_days(apart.settings) == 400
    assert audit_purge.kept_days(apart.settings.model_copy(update={"access_log_days": 30})) == 184
