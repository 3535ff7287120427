"""One HTTP request to a receiver outside, bounded in time and size.

Invariant: redirects are not followed, the environment's proxies are not used, and no more than 64 KiB of an answer are read;
whether a failed request may have arrived is told by how it failed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import httpx

from domain.delivery.sending import PermanentFailure, TemporaryFailure

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 15.0
MOST_BYTES: Final = 64 * 1024
_LONGEST_REST: Final = 3600
_TRY_LATER: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What came back: a status of success, and the first bytes of the answer."""

    status: int
    body: bytes


class Poster:
    """Posts JSON; ``client`` is how it reaches out."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def post(self, url: str, content: bytes, headers: Mapping[str, str] | None = None) -> Posted:
        """Post ``content``. Raises ``TemporaryFailure`` or ``PermanentFailure`` for anything but a status of success."""
        sent = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._posted(url, content, sent)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TemporaryFailure("unreachable") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise PermanentFailure("address_invalid") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise TemporaryFailure("no_answer", ambiguous=True) from error

    async def _posted(self, url: str, content: bytes, headers: Mapping[str, str]) -> Posted:
        async with self._client.stream("POST", url, content=content, headers=dict(headers)) as answer:
            if answer.status_code in _TRY_LATER or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TemporaryFailure(f"http_{answer.status_code}", retry_after=_rest(answer))
            if not answer.is_success:
                raise PermanentFailure(f"http_{answer.status_code}")
            body = b""
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) >= MOST_BYTES:
                    break
            return Posted(status=answer.status_code, body=body[:MOST_BYTES])


def client() -> httpx.AsyncClient:
    """A client that reaches out as the invariant says."""
    timeout = httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(
        timeout=timeout, follow_redirects=False, trust_env=False, headers={"User-Agent": "bihuan"}
    )


def _rest(answer: httpx.Response) -> timedelta | None:
    asked = answer.headers.get("Retry-After", "")
    if not asked.isascii() or not asked.isdigit():
        return None
    return timedelta(seconds=min(int(asked[:9]), _LONGEST_REST))
