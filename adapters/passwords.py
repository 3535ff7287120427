"""Passwords hashed with Argon2id (RFC 9106), off the event loop.

Invariant: an account that is not there costs as much as one that is; only so many are computed at once, and nobody
queues for long: more than that is ``Temporary``.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self, TypeVar

import argon2

from domain import passwords
from domain.errors import Temporary

T = TypeVar("T")

AT_ONCE: Final = 2
"""Each takes 64 MiB of memory and one core for a moment."""

WAITING: Final = 16


class Passwords:
    """Hashes and compares; use it as a context."""

    def __init__(self) -> None:
        # the library's own parameters are the second recommendation of RFC 9106: 64 MiB, 3 passes, 4 lanes
        self._hasher = argon2.PasswordHasher()
        self._nobodys = self._hasher.hash("nobody has this password")
        self._threads = ThreadPoolExecutor(AT_ONCE, "argon2")
        self._under_way = 0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End without waiting for what is still computed."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def hashed(self, password: str) -> str:
        """The encoded hash, with its salt and parameters. Raises ``Temporary`` when too many ask."""
        return await self._apart(lambda: self._hasher.hash(passwords.normal(password)))

    async def matches(self, encoded: str | None, password: str) -> bool:
        """Whether it is the password; ``None`` is nobody's, takes as long and never matches. Raises ``Temporary``."""
        right = await self._apart(lambda: self._verified(encoded or self._nobodys, password))
        return right and encoded is not None

    def is_outdated(self, encoded: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def _verified(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, passwords.normal(password))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    async def _apart(self, work: Callable[[], T]) -> T:
        if self._under_way >= AT_ONCE + WAITING:
            raise Temporary("passwords")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1
