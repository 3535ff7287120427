"""Who speaks in a rehearsal: the people of the district, through the public API, once each.

Invariant: a refusal is an answer like any other; nothing is tried again, because what happens is the scenario's to say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx

from deploy.processes import StackError
from deploy.sample.storyteller import picture
from services.clock import Clock
from services.tokens import TokenKey

Json = dict[str, Any]

_VALID: Final = timedelta(minutes=10)


class Vacant(Exception):  # noqa: N818 - what is vacant is the post
    """Nobody holds the post by which somebody was to speak."""

    def __init__(self, post: str) -> None:
        super().__init__(post)
        self.post = post


@dataclass
class Speaker:
    """A client of the API that can speak for anybody; ``clock`` is the scenario's."""

    http: httpx.AsyncClient
    tokens: TokenKey
    clock: Clock
    spoken: int = 0
    files: dict[tuple[str, str], str] = field(default_factory=dict)

    async def post(self, person: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """Send a command."""
        return await self.http.post(path, headers=self._headers(person), json=body)

    async def put(self, person: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """Set something."""
        return await self.http.put(path, headers=self._headers(person), json=body)

    async def get(self, person: str, path: str) -> httpx.Response:
        """Ask something."""
        return await self.http.get(path, headers=self._headers(person))

    async def cited(self, person: str, kinds: Iterable[str]) -> list[Json]:
        """Citations of a placeholder picture of each kind, which the person has uploaded."""
        return [{"file_id": await self._file(person, kind), "kind": kind} for kind in kinds]

    async def _file(self, person: str, kind: str) -> str:
        if (person, kind) not in self.files:
            files = {"file": (f"{kind}.jpg", picture(kind))}
            answer = await self.http.post("/v1/files", headers=self._headers(person), files=files)
            if not answer.is_success:
                raise StackError(f"推演的佐证材料未能上传：API 答复 {answer.status_code}。")
            self.files[person, kind] = answer.json()["id"]
        return self.files[person, kind]

    def _headers(self, person: str) -> dict[str, str]:
        self.spoken += 1
        token = self.tokens.issue(person, self.clock(), _VALID)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"rehearsal-{self.spoken}"}
