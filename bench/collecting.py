"""What the benchmarks of collections begin with: units made by the thousand, and a collection of them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg

from adapters.postgres.collection_kinds import PostgresCollectionKinds
from adapters.postgres.collections import PostgresCollections
from adapters.postgres.database import Database
from bench.stand import Stand
from domain.collection import Audience, By, Collection, Plan, Window
from domain.requests import Answer, Request

_UNITS: Final = """
INSERT INTO units
SELECT (jsonb_populate_record(units, jsonb_build_object('id', 'b' || n, 'name', '第' || n || '养老院'))).*
FROM units, generate_series(1, $1::int) AS n WHERE units.id = 'ec01'
"""
"""So many units like the sample's first one."""


async def units(stand: Stand, count: int) -> None:
    """Make units, all asked through the posts of the sample's first one."""
    connection = await asyncpg.connect(stand.stack.owner_url)
    try:
        await connection.execute(_UNITS, count)
    finally:
        await connection.close()


async def collection(database: Database, kind: str, audience: Audience, due_in: timedelta) -> Collection:
    """A collection that opened an hour ago and is due in a while."""
    now = datetime.now(UTC)
    found = await PostgresCollectionKinds(database).one(kind, now)
    if found is None:
        raise RuntimeError(f"no kind {kind}")
    window = Window(
        opens_at=now - timedelta(hours=1), due_at=now + due_in, cut_off_at=now + due_in + timedelta(hours=1)
    )
    plan = Plan(
        kind=found,
        title="基准测试",
        basis="示例〔2026〕1号",
        district="示例区",
        window=window,
        audience=audience,
        contact_post="office",
        contact_phone="010-55550100",
        covers=(window.cut_off_at, window.cut_off_at + timedelta(days=1)),
    )
    by = By(person_id="p-office", post_id="office")
    request = Request(principal="p-office", key=uuid.uuid4().hex, fingerprint="0")
    created = await PostgresCollections(database).create(
        plan, by, request, now, lambda _made: Answer(status=201, body={})
    )
    if created.collection is None:
        raise RuntimeError("the collection was not created")
    return created.collection
