"""``python -m bench.floor_api PORT``: the floors of a read and of a submission, a bare FastAPI with one statement each.

``/text/{id}`` passes the row's JSON text on unread, the least that can be done; ``/parsed/{id}`` is the common idiom: read
it and let FastAPI write it again. ``POST /rows`` checks a body of the same fields as a submission's and inserts it. Under
``/asked`` the same is done for somebody: the token is checked, and the directory is asked who it is, as in every system
in which rights end when a post changes hands.
"""

import json
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI, Request, Response
from pydantic import BaseModel

from adapters.postgres.database import Database
from adapters.postgres.directory import PostgresDirectory
from services import bootstrap, clock
from services.settings import Settings

_SELECT = "SELECT snapshot FROM hazards WHERE id = $1"
_INSERT = "INSERT INTO bench_rows (id, number, text) VALUES ($1, $2, $3)"


async def _as_it_is(_connection: object) -> None:
    """Nothing is cleaned up behind a use, as in our own pool: by itself the driver asks the server once more for that."""


class Row(BaseModel):
    """The fields of a submission."""

    unit_id: str
    content: dict[str, Any]
    is_zero: bool = False
    reason: str | None = None
    evidence: list[dict[str, str]] = []


def create(settings: Settings) -> FastAPI:
    """The application, with the database and the tokens of ``settings``."""
    tokens = bootstrap.token_key(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = settings.database_url.get_secret_value()
        async with asyncpg.create_pool(url, min_size=10, max_size=10, reset=_as_it_is) as pool:
            app.state.pool = pool
            app.state.directory = PostgresDirectory(Database(pool, 60))
            yield

    app = FastAPI(lifespan=lifespan)

    async def ask(request: Request) -> None:
        now = clock.real()
        token = tokens.shown(request.headers["authorization"].removeprefix("Bearer "), now)
        known = {"session_id": token.session_id, "issued_at": token.issued_at}
        if await app.state.directory.person(token.person_id, now, **known) is None:
            raise RuntimeError("nobody")

    async def text(hazard_id: str) -> Response:
        return Response(await app.state.pool.fetchval(_SELECT, hazard_id), media_type="application/json")

    async def insert(row: Row) -> dict[str, Any]:
        known_as = uuid.uuid4().hex
        await app.state.pool.execute(_INSERT, known_as, 1, row.model_dump_json())
        return {"id": known_as, **row.model_dump()}

    @app.get("/parsed/{hazard_id}")
    async def parsed(hazard_id: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await app.state.pool.fetchval(_SELECT, hazard_id))
        return found

    for prefix, before in (("", []), ("/asked", [Depends(ask)])):
        app.get(f"{prefix}/text/{{hazard_id}}", dependencies=before)(text)
        app.post(f"{prefix}/rows", status_code=201, dependencies=before)(insert)
    return app


if __name__ == "__main__":
    uvicorn.run(
        create(Settings()),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
    )
