"""Where the bytes of evidence live: a folder, an S3-compatible store, or memory, by address.

Invariant: an object's key ends in the SHA-256 of its bytes, and nobody is given bytes that do not match it.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

from domain.errors import Temporary

_KEY: Final = re.compile(r"(original|served)/([0-9a-f]{2})/([0-9a-f]{2})/(\2\3[0-9a-f]{60})")


class Missing(Exception):  # noqa: N818
    """No object has this key."""


class Corrupted(Exception):  # noqa: N818
    """The object's bytes are not those that were stored: changed by hand, by a fault, or cut short."""


def original_key(sha256: str) -> str:
    """The key of the bytes as uploaded, given their SHA-256 (hex)."""
    return _key("original", sha256)


def served_key(sha256: str) -> str:
    """The key of a cleaned copy, given its own SHA-256 (hex)."""
    return _key("served", sha256)


def _key(folder: str, sha256: str) -> str:
    return f"{folder}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class Objects:
    """The store at ``url``.

    Args:
        url: ``file:///folder`` (made if absent), ``s3://bucket/optional/prefix`` or ``memory://``.
        endpoint: address of an S3-compatible service; ``http://`` is taken as said. None means AWS of ``region``.
        region: the S3 region; stores that have none take any.
        access_key: S3 credentials; without them the surroundings are asked (a role of the machine).
        secret_key: the other half of ``access_key``.
        timeout: seconds that one S3 request may take, and with its one repetition the whole call.

    Raises ``ValueError`` for an address of another form.
    """

    def __init__(
        self,
        url: str,
        *,
        endpoint: str | None = None,
        region: str = "us-east-1",
        access_key: str | None = None,
        secret_key: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        parts = urlsplit(url)
        self._timeout = timeout
        self._folder: Path | None = None
        self._store: ObjectStore
        match parts.scheme:
            case "file" if not parts.netloc and parts.path.startswith("/"):
                self._folder = Path(unquote(parts.path))
                self._store = LocalStore(self._folder, mkdir=True)
            case "s3" if parts.netloc:
                keys = (access_key, secret_key)
                self._store = _s3(parts.netloc, parts.path.strip("/"), endpoint, region, keys, timeout)
            case "memory":
                self._store = MemoryStore()
            case _:
                raise ValueError("objects live at file:///folder, s3://bucket or memory://")

    async def put(self, key: str, data: bytes) -> None:
        """Store ``data``; when it returns, they are on disk or the service has confirmed them.

        Storing the same bytes again changes nothing, and puts right an object that was found damaged. Raises
        ``ValueError`` when ``key`` is not of these bytes, ``Temporary("objects")`` when the store is away.
        """
        sha256 = await _sha256(data)
        if _sha256_of(key) != sha256:
            raise ValueError("a key ends in the SHA-256 of its bytes")
        stored = await self.verify(key, sha256)
        with self._faults():
            if not stored:
                async with asyncio.timeout(self._timeout):
                    await obstore.put_async(self._store, key, data, use_multipart=False)
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder, self._folder / key)

    async def get(self, key: str, sha256: str) -> bytes:
        """The bytes at ``key``, whose SHA-256 (hex, from the record) must be ``sha256``.

        Raises ``Missing``, ``Corrupted``, ``Temporary("objects")`` when the store is away, and ``ValueError`` for a
        key of another form.
        """
        _sha256_of(key)
        with self._faults():
            async with asyncio.timeout(self._timeout):
                found = await obstore.get_async(self._store, key)
                data = bytes(await found.bytes_async())
        if await _sha256(data) != sha256:
            raise Corrupted(key)
        return data

    async def verify(self, key: str, sha256: str) -> bool:
        """Whether the object is there and unchanged. Raises ``Temporary("objects")`` when that cannot be told."""
        try:
            await self.get(key, sha256)
        except (Missing, Corrupted):
            return False
        return True

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as absent:
            raise Missing from absent
        except (BaseError, OSError) as away:
            raise Temporary("objects") from away


def _s3(
    bucket: str,
    prefix: str,
    endpoint: str | None,
    region: str,
    keys: tuple[str | None, str | None],
    timeout: float,
) -> S3Store:
    # Values that are None mean "not said" to obstore.
    return S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=endpoint,
        region=region,
        access_key_id=keys[0],
        secret_access_key=keys[1],
        virtual_hosted_style_request=endpoint is None,
        client_options={
            "allow_http": endpoint is not None and endpoint.startswith("http://"),
            "timeout": timedelta(seconds=timeout),
            "connect_timeout": timedelta(seconds=min(2.0, timeout)),
        },
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=timeout)},
    )


def _sha256_of(key: str) -> str:
    parts = _KEY.fullmatch(key)
    if parts is None:
        raise ValueError("a key is of the form that original_key and served_key give")
    return parts[4]


def _settle(folder: Path, file: Path) -> None:
    # The store renames into place without asking the disk to write; an acknowledged file must outlive a power cut.
    for path in (file, *[parent for parent in file.parents if parent.is_relative_to(folder)]):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def _sha256(data: bytes) -> str:
    digest = await asyncio.to_thread(hashlib.sha256, data)
    return digest.hexdigest()
