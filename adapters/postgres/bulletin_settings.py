"""How bulletins are made here: the policy in force, and the templates that the office made.

Invariant: versions are only added; a bulletin keeps the version and the template that it was drafted with.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from adapters.postgres import codecs
from adapters.postgres.database import Connection, Database
from domain.bulletin import BulletinKind, Policy

_POLICY: Final = TypeAdapter(Policy)

_IN_FORCE: Final = "SELECT definition FROM bulletin_policies ORDER BY version DESC LIMIT 1"
"""The policy in force."""

_ORGAN: Final = "SELECT name FROM units WHERE kind = 'bureau' AND district = $1 ORDER BY id LIMIT 1"
"""The bureau of a district."""

_ADD: Final = """
INSERT INTO bulletin_policies (version, at, person_id, post_id, definition)
SELECT coalesce(max(version), 0) + 1, $1, $2, $3, $4 FROM bulletin_policies RETURNING version
"""
"""One more version; two at once collide, and the second is tried again."""

_TEMPLATE: Final = """
SELECT sha256 FROM bulletin_templates WHERE kind = $1 ORDER BY version DESC LIMIT 1
"""
"""The template in force, by its hash."""

_CONTENT: Final = "SELECT content FROM bulletin_templates WHERE sha256 = $1 LIMIT 1"
"""A template."""

_PUT: Final = """
INSERT INTO bulletin_templates (kind, version, sha256, size, at, person_id, post_id, content)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6, $7 FROM bulletin_templates WHERE kind = $1
RETURNING version
"""
"""One more version of a template."""

_TEMPLATES: Final = """
SELECT kind, version, sha256, size, at, post_id FROM bulletin_templates ORDER BY kind, version DESC
"""
"""Every template."""


class PostgresBulletinSettings:
    """Reads and adds policies and templates."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def policy(self, district: str) -> Policy:
        """The policy in force in a district."""
        async with self._database.connection() as connection:
            return await policy(connection, district)

    async def add_policy(self, wanted: Policy, person_id: str, post_id: str, now: datetime) -> Policy:
        """Put a policy in force; gives it with its version."""
        async with self._database.transaction() as connection:
            definition = codecs.dump(replace(wanted, version=0))
            version = await connection.fetchval(_ADD, now, person_id, post_id, definition)
            return replace(wanted, version=version)

    async def templates(self) -> list[dict[str, Any]]:
        """What is known of every template, by kind, the last version first."""
        async with self._database.connection() as connection:
            return [dict(row) for row in await connection.fetch(_TEMPLATES)]

    async def template(self, sha256: str) -> bytes | None:
        """A template's bytes."""
        async with self._database.connection() as connection:
            content: bytes | None = await connection.fetchval(_CONTENT, sha256)
        return content

    async def current(self, kind: BulletinKind) -> str | None:
        """The template in force for a kind, by its hash; ``None`` means the standard one."""
        async with self._database.connection() as connection:
            return await in_force(connection, kind)

    async def put_template(
        self, kind: BulletinKind, content: bytes, person_id: str, post_id: str, now: datetime
    ) -> int:
        """Put a template in force; gives its version."""
        sha256 = hashlib.sha256(content).hexdigest()
        async with self._database.transaction() as connection:
            told = (kind.value, sha256, len(content), now, person_id, post_id, content)
            return int(await connection.fetchval(_PUT, *told))


async def policy(connection: Connection, district: str) -> Policy:
    """The policy in force; before anybody made one, what follows from the name of the district's bureau."""
    if definition := await connection.fetchval(_IN_FORCE):
        version = await connection.fetchval("SELECT max(version) FROM bulletin_policies")
        return replace(_POLICY.validate_json(definition), version=version)
    organ = await connection.fetchval(_ORGAN, district) or f"{district}民政局"
    return Policy(organ=organ, flag=f"{organ}文件", code=f"{district}民发", printer=f"{organ}办公室")


async def in_force(connection: Connection, kind: BulletinKind) -> str | None:
    """The template in force for a kind of bulletin, by its hash; ``None`` means the standard one."""
    sha256: str | None = await connection.fetchval(_TEMPLATE, kind.value)
    return sha256
