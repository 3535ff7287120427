"""The sample's client of the public API, which keeps to what the API asks of its clients.

Invariant: every request carries a key made from the story, so driving it again repeats nothing.
"""

import asyncio
import hashlib
import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx
from PIL import Image, ImageDraw

from deploy.processes import StackError
from services.clock import Clock
from services.tokens import TokenKey

Json = dict[str, Any]

ATTEMPTS: Final = 10
"""How often one request is sent while the API says 429 or 503 or cannot be reached."""

OFFICE: Final = "p-office"

PAPERS: Final = ["signature", "seal", "scan"]
"""What a roster shows, in this order."""

LATER: Final = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


@dataclass
class Storyteller:
    """A client of the public API that speaks for the sample's people.

    ``pause`` is how long it waits, in seconds, where no answer says how long.
    """

    http: httpx.AsyncClient
    tokens: TokenKey
    clock: Clock
    pause: float = 1.0
    files: dict[tuple[str, str], str] = field(default_factory=dict)
    reported: dict[str, Json] = field(default_factory=dict)

    async def report(self, title: str, person: str, **body: Any) -> str:
        """Report a hazard with a photo of the state before; gives its number."""
        evidence = await self._cited(person, body.pop("evidence", ["before_photo"]))
        answer = await self._post(person, "/v1/hazards", title, body | {"evidence": evidence})
        self.reported[title] = answer
        number: str = answer["id"]
        return number

    async def collect(self, story: str, **body: Any) -> str:
        """Have the office collect something; gives its number."""
        number: str = (await self._post(OFFICE, "/v1/collections", story, body))["id"]
        return number

    async def register(self, number: str, unit: str, **body: Any) -> None:
        """Have the office register a roster that came by the group."""
        await self._submit(OFFICE, number, unit, "registrations", [*PAPERS, "screenshot"], body)

    async def hand_in(self, person: str, number: str, unit: str, **body: Any) -> None:
        """Hand a roster in for one's own unit."""
        await self._submit(person, number, unit, "submissions", PAPERS, body)

    async def decide(self, number: str, action: str, **body: Any) -> None:
        """Have the office decide about one unit of a collection."""
        path = f"/v1/collections/{number}/actions/{action}"
        await self._post(OFFICE, path, f"{number}/{action}/{body['unit_id']}", body)

    async def _submit(
        self, person: str, number: str, unit: str, way: str, kinds: list[str], body: Json
    ) -> None:
        evidence = await self._cited(person, kinds)
        told = body | {"unit_id": unit, "evidence": evidence}
        await self._post(person, f"/v1/collections/{number}/{way}", f"{number}/{way}/{unit}", told)

    async def act(self, person: str, number: str, action: str, *kinds: str, **body: Any) -> None:
        """Do one thing to a hazard, citing files of these kinds."""
        evidence = await self._cited(person, list(kinds))
        path = f"/v1/hazards/{number}/actions/{action}"
        await self._post(person, path, f"{number}/{action}/{body}", body | {"evidence": evidence})

    async def _cited(self, person: str, kinds: list[str]) -> list[Json]:
        return [{"file_id": await self._file(person, kind), "kind": kind} for kind in kinds]

    async def _file(self, person: str, kind: str) -> str:
        if (person, kind) not in self.files:
            files = {"file": (f"{kind}.jpg", picture(kind))}
            answer = await self._send(person, "/v1/files", f"file/{kind}", files=files)
            self.files[person, kind] = answer["id"]
        return self.files[person, kind]

    async def _post(self, person: str, path: str, title: str, body: Json) -> Json:
        return await self._send(person, path, title, json=body)

    async def _send(self, person: str, path: str, title: str, **content: Any) -> Json:
        """Send until there is an answer other than 429 or 503, always with the same key, as the API asks its clients to.

        Raises ``StackError`` with one sentence when it stays away or refuses.
        """
        for _ in range(ATTEMPTS):
            try:
                answer = await self.http.post(path, headers=self._headers(person, title), **content)
            except httpx.TransportError:
                await asyncio.sleep(self.pause)
                continue
            if answer.status_code not in LATER:
                return _told(answer)
            await asyncio.sleep(_seconds(answer.headers.get("Retry-After"), self.pause))
        raise StackError(
            "示例区县尚未载入完：API 一直答复稍后重试或没有答复，请重新启动，载入会从中断处继续。"
        )

    def _headers(self, person: str, title: str) -> dict[str, str]:
        token = self.tokens.issue(person, self.clock(), timedelta(minutes=10))
        key = "sample-" + hashlib.sha256(title.encode()).hexdigest()[:32]
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": key}


def _told(answer: httpx.Response) -> Json:
    if not answer.is_success:
        raise StackError(f"示例区县未能载入：API 对 {answer.request.url.path} 答复 {answer.status_code}。")
    told: Json = answer.json()
    return told


def _seconds(told: str | None, otherwise: float) -> float:
    """What ``Retry-After`` says in seconds; its other form, a date, is not what this API sends."""
    return float(told) if told is not None and told.isdecimal() else otherwise


def picture(kind: str) -> bytes:
    """A plain placeholder picture, different for each kind."""
    shade = int(hashlib.sha256(kind.encode()).hexdigest()[:2], 16)
    picture = Image.new("RGB", (320, 240), (200, shade, 255 - shade))
    ImageDraw.Draw(picture).text((20, 110), f"SAMPLE {kind}", fill="black")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()
