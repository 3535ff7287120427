"""``python -m bench.floor_api PORT``: the floors of a read and of a submission, a bare FastAPI with one statement each.

``/text/{id}`` passes the row's JSON text on unread, the least that can be done; ``/parsed/{id}`` is the common idiom: read
it and let FastAPI write it again. ``POST /rows`` checks a body of the same fields as a submission's and inserts it.
"""

import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel

from services.settings import Settings

_SELECT = "SELECT snapshot FROM hazards WHERE id = $1"
_INSERT = "INSERT INTO bench_rows (id, number, text) VALUES ($1, $2, $3)"


class Row(BaseModel):
    """The fields of a submission."""

    unit_id: str
    content: dict[str, Any]
    is_zero: bool = False
    reason: str | None = None
    evidence: list[dict[str, str]] = []


def create(url: str) -> FastAPI:
    """The application; ``url`` is the database's."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url, min_size=10, max_size=10) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/text/{hazard_id}")
    async def text(hazard_id: str) -> Response:
        return Response(await app.state.pool.fetchval(_SELECT, hazard_id), media_type="application/json")

    @app.get("/parsed/{hazard_id}")
    async def parsed(hazard_id: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await app.state.pool.fetchval(_SELECT, hazard_id))
        return found

    @app.post("/rows", status_code=201)
    async def insert(row: Row) -> dict[str, Any]:
        known_as = uuid.uuid4().hex
        await app.state.pool.execute(_INSERT, known_as, 1, row.model_dump_json())
        return {"id": known_as, **row.model_dump()}

    return app


if __name__ == "__main__":
    uvicorn.run(
        create(Settings().database_url.get_secret_value()),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
    )
