"""What is known of stored files, who uploaded them, and which cases cite them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from adapters.postgres.database import Database
from domain.evidence import MediaType, StoredFile

_PUT: Final = """
WITH stored AS (
    INSERT INTO files (id, sha256, served_sha256, media_type, size, width, height, pages, stored_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
)
INSERT INTO file_uploads (file_id, person_id, uploaded_at) VALUES ($1, $10, $9) ON CONFLICT DO NOTHING
"""
"""A file, once, and that this person uploaded it."""

_OWN: Final = """
SELECT id, sha256, served_sha256, media_type, size, width, height, pages FROM files
WHERE id = ANY ($1) AND EXISTS (SELECT 1 FROM file_uploads WHERE file_id = files.id AND person_id = $2)
"""
"""Files among the given that the person uploaded."""

_VISIBLE: Final = """
SELECT id, sha256, served_sha256, media_type, size, width, height, pages FROM files
WHERE id = ANY ($1) AND (
    EXISTS (
        SELECT 1 FROM case_files JOIN hazards ON hazards.id = case_files.case_id
        WHERE case_files.file_id = files.id AND ($2::text[] IS NULL OR hazards.unit_id = ANY ($2))
    )
    OR ($2::text[] IS NULL AND EXISTS (SELECT FROM bulletin_files WHERE bulletin_files.file_id = files.id))
    OR EXISTS (
        SELECT 1 FROM submission_files
        WHERE submission_files.file_id = files.id AND ($2::text[] IS NULL OR submission_files.unit_id = ANY ($2))
    )
)
"""
"""Files among the given that a case or submission cites which the person may see."""


class PostgresFiles:
    """Keeps what is known of files; the bytes are in the object store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, file: StoredFile, person_id: str, now: datetime) -> None:
        """Note a stored file and its uploader; a repeat changes nothing."""
        async with self._database.connection() as connection:
            await connection.execute(
                _PUT,
                file.id,
                file.sha256,
                file.served_sha256,
                file.media_type.value,
                file.size,
                file.width,
                file.height,
                file.pages,
                now,
                person_id,
            )

    async def visible(
        self, ids: Iterable[str], person_id: str, units: Iterable[str] | None
    ) -> dict[str, StoredFile]:
        """Those of the files that the person may see, by id; ``units=None`` means the whole district."""
        asked = set(ids)
        async with self._database.connection() as connection:
            # most cite what they uploaded, and to plan the other question costs ten times what this one does
            rows = await connection.fetch(_OWN, list(asked), person_id)
            if others := asked - {row["id"] for row in rows}:
                seen = None if units is None else sorted(units)
                rows += await connection.fetch(_VISIBLE, list(others), seen)
        return {row["id"]: StoredFile(**{**row, "media_type": MediaType(row["media_type"])}) for row in rows}
