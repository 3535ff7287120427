"""Electronic seals (电子印章): whether a sealed document is what it says, by a verifier that is plugged in.

Invariant: nothing is taken for sealed that no verifier has verified. A scan of a wet seal is not an electronic seal.
Source: 《电子印章管理办法》 (国办发〔2025〕33号) art. 27: business systems of authorities accept compliant e-seals.
"""

import asyncio
import contextlib
import shlex
from typing import Final, Protocol

from domain.errors import Kind, Refused, Temporary

PATIENCE: Final = 20.0
"""Seconds that a verifier may take."""


class SealVerifier(Protocol):
    """Verifies electronic seals."""

    async def verify(self, document: bytes, unit_id: str) -> None:
        """Accept a document that bears the valid electronic seal of a unit. Raises ``Refused`` for any other, ``Temporary``."""
        ...


class NoVerifier:
    """The verifier of an installation that has none."""

    async def verify(self, document: bytes, unit_id: str) -> None:  # noqa: ARG002 - there is nothing to ask
        """Refuse: an electronic seal that nobody can verify proves nothing."""
        message = "本系统尚未接入电子印章验证，请提供签字、盖章后的扫描件"
        raise Refused(Kind.CONFLICT, "eseal_not_verifiable", message, field="evidence")


class CommandVerifier:
    """A program that gets the document on its standard input and the unit as its last argument; 0 means: valid.

    ``patience`` is in seconds.
    """

    def __init__(self, command: str, *, patience: float = PATIENCE) -> None:
        self._command = shlex.split(command)
        self._patience = patience

    async def verify(self, document: bytes, unit_id: str) -> None:
        """Ask the program. Raises ``Refused`` when it says no, ``Temporary`` when there is none or it says nothing in time."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                unit_id,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise Temporary("seals") from error
        try:
            await asyncio.wait_for(process.communicate(document), timeout=self._patience)
        except TimeoutError as error:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise Temporary("seals") from error
        if process.returncode != 0:
            raise Refused(Kind.CONFLICT, "eseal_invalid", "电子印章未通过验证", field="evidence")
