"""Write ``adapters/postgres/schema.sql`` anew from the migrations: ``make schema``."""

import asyncio
import tempfile
from pathlib import Path

from adapters.postgres import migrate
from deploy import postgres
from deploy.devstack import Devstack, Ports


async def write() -> None:
    """Start an empty stack, which migrates it, and dump what came out."""
    with tempfile.TemporaryDirectory(prefix="bihuan-") as folder:
        async with Devstack(data=Path(folder) / "data", ports=Ports.free(), say=lambda _: None) as stack:
            text = await asyncio.to_thread(migrate.dump, stack.owner_url, postgres.binaries())
        await asyncio.to_thread(migrate.SCHEMA.write_text, text, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write())
