"""``bihuan prepare``: make any PostgreSQL and any Temporal ready for this version."""

import asyncio
from typing import Final

from adapters.postgres import migrate
from deploy.processes import StackError
from services import bootstrap
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


async def _register(settings: Settings) -> None:
    try:
        await register_search_attributes(await connect(bootstrap.engine_address(settings)))
    except RuntimeError as error:
        raise StackError(f"无法连接 Temporal（{settings.temporal_address}）。") from error
