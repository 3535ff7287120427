"""A real OpenID Connect provider as a process of its own; started again it signs with another key."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.stack import eventually, free_ports

AUDIENCE = "bihuan-api"
_BACK = "http://127.0.0.1:9/back"


@dataclass
class Provider:
    """The provider, which may be stopped and started again at the same address."""

    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        program = str(Path(sys.executable).with_name("oidc-provider-mock"))
        self.process = await asyncio.create_subprocess_exec(
            *(program, "--port", str(self.port), "--host", "127.0.0.1"),
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await eventually(self._answers)

    async def stop(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)
            await self.process.wait()
            self.process = None

    async def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    async def keys(self) -> list[dict[str, str]]:
        async with httpx.AsyncClient(trust_env=False) as http:
            found: list[dict[str, str]] = (await http.get(f"{self.issuer}/jwks")).json()["keys"]
            return found

    async def token(self, subject: str, audience: str = AUDIENCE) -> str:
        """What the provider gives a client for somebody who has signed in there."""
        asked = {
            "client_id": audience,
            "redirect_uri": _BACK,
            "response_type": "code",
            "scope": "openid email",
        }
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            sent = await http.post(f"{self.issuer}/oauth2/authorize", params=asked, data={"sub": subject})
            code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
            exchanged = await http.post(
                f"{self.issuer}/oauth2/token",
                auth=(audience, "any"),
                data={"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK},
            )
            told: str = exchanged.json()["id_token"]
            return told

    async def _answers(self) -> bool:
        try:
            return bool(await self.keys())
        except httpx.HTTPError:
            return False


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Provider]:
    """A provider on a free port."""
    (port,) = free_ports(1)
    provider = Provider(port=port)
    await provider.start()
    try:
        yield provider
    finally:
        await provider.stop()
