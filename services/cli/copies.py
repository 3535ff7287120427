"""Whether a served copy belongs to its original, where several files claim the same copy.

Two originals that differ only in what is cleaned away (place, time, device) share a copy rightly; a file whose copy was
exchanged for another's does not. Cleaning both again tells which, whatever version of the cleaner made the copy.
"""

from collections.abc import AsyncIterator, Sequence

from adapters.media.inspect import Inspector
from adapters.objects import Corrupted, Missing, Objects, original_key
from adapters.postgres.audit import PostgresAudit, Stored
from domain.evidence import UnacceptableFile


async def exchanged(record: PostgresAudit, objects: Objects) -> AsyncIterator[str]:
    """The ids of files that show another's copy. Raises ``Temporary`` when a store is away."""
    groups: dict[str, list[Stored]] = {}
    for file in await record.sharing():
        groups.setdefault(file.served_sha256, []).append(file)
    if not groups:
        return
    async with Inspector(children=1) as inspector:
        for served, files in groups.items():
            for file_id in await _strangers(served, files, objects, inspector):
                yield file_id


async def _strangers(
    served: str, files: Sequence[Stored], objects: Objects, inspector: Inspector
) -> list[str]:
    made = {file.id: await _cleaned(file, objects, inspector) for file in files}
    if len(set(made.values())) == 1:
        return []
    return [file_id for file_id, copy in made.items() if copy != served]


async def _cleaned(file: Stored, objects: Objects, inspector: Inspector) -> str | None:
    try:
        inspected = await inspector.inspect(await objects.get(original_key(file.sha256), file.sha256))
    except (Missing, Corrupted, UnacceptableFile, ValueError):
        return None
    return inspected.served_sha256
