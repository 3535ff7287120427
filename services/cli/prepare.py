"""``bihuan prepare``: make any PostgreSQL and any Temporal ready for this version."""

import asyncio
from typing import Final

from adapters.postgres import migrate
from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.calendar_seed import seed
from adapters.postgres.collection_kinds import PostgresCollectionKinds
from adapters.postgres.database import Database
from deploy.processes import StackError
from domain.errors import Temporary
from services import bootstrap, clock
from services.settings import Settings
from workflows.gateway import connect, register_search_attributes

_SCHEMES: Final = ("postgresql://", "postgres://")


def run(*, owner_url: str, settings: Settings) -> None:
    """Apply the migrations as the owner of the database and register the search attributes; a repeat is harmless.

    Raises ``StackError`` when the address is none of PostgreSQL's, and when either service refuses.
    """
    if not owner_url.startswith(_SCHEMES):
        raise StackError("属主的连接地址（BIHUAN_OWNER_URL）须以 postgresql:// 开头。")
    try:
        migrate.migrate(owner_url)
    except migrate.MigrationFailed as error:
        raise StackError(
            f"数据库迁移失败，请核对属主的连接地址和账号：{' '.join(str(error).split())}"
        ) from error
    asyncio.run(_register(settings))
    asyncio.run(fill_calendar(settings.database_url.get_secret_value()))


async def _register(settings: Settings) -> None:
    try:
        await register_search_attributes(await connect(bootstrap.engine_address(settings)))
    except RuntimeError as error:
        raise StackError(f"无法连接 Temporal（{settings.temporal_address}）。") from error


async def fill_calendar(url: str) -> None:
    """Fill the calendar with the official days, and the kinds of collections, that the software knows. Raises ``StackError``."""
    try:
        async with Database.opened(url, size=1, timeout=60) as database:
            await seed(PostgresCalendar(database), clock.real())
            await PostgresCollectionKinds(database).fill()
    except Temporary as error:
        raise StackError("工作日历未能载入：数据库没有及时答复，请重试。") from error
