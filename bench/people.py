"""The people of the sample district as clients of the API: they report, act and read with their own tokens."""

import asyncio
import io
import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from PIL import Image

from bench.stand import Stand
from bench.wire import Answer, Wire

INSPECTOR, OFFICE, STAFF = "p-team1a", "p-office", "p-ec01-safety"

LOOP: Final[tuple[tuple[str, str, tuple[str, ...], dict[str, str]], ...]] = (
    ("confirm", INSPECTOR, (), {}),
    ("assign", OFFICE, (), {"post": "ec01-safety"}),
    ("start", STAFF, (), {}),
    ("submit", STAFF, ("after_photo",), {"note": "货架已移走，通道恢复畅通"}),
    ("pass", INSPECTOR, ("signature",), {"note": "现场复查合格，予以销号"}),
)
"""The five commands that close a general hazard after its report: action, person, kinds of evidence, body."""

PAUSE: Final = 0.2
"""Seconds before a request is sent again that was answered 503."""

_AWAY: Final = 503


@dataclass
class People:
    """Speaks HTTP for them; ``repeated`` counts requests that were answered 503 and sent again."""

    tokens: dict[str, str]
    photos: dict[str, str]
    repeated: int = 0
    _places: Any = field(default_factory=itertools.count)
    _run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    async def report(self, wire: Wire) -> str:
        """A general hazard at a place of its own; gives its number."""
        body = {
            "unit_id": "ec01",
            "place": f"{self._run}第{next(self._places)}号房间",
            "category": "fire",
            "item": "fire-exit",
            "description": "安全出口被货架堵塞，无法从内部直接推开",
            "evidence": self._cited(INSPECTOR, ("before_photo",)),
        }
        number: str = (await self._post(wire, INSPECTOR, "/v1/hazards", body)).json()["id"]
        return number

    async def act(self, wire: Wire, number: str, step: int) -> None:
        """The step of the loop with this index."""
        action, person, kinds, body = LOOP[step]
        content = {**body, "evidence": self._cited(person, kinds)}
        await self._post(wire, person, f"/v1/hazards/{number}/actions/{action}", content)

    async def loop(self, wire: Wire) -> str:
        """A whole closed loop, from report to closure; gives the number."""
        number = await self.report(wire)
        for step in range(len(LOOP)):
            await self.act(wire, number, step)
        return number

    async def read(self, wire: Wire, path: str, person: str = OFFICE) -> Answer:
        """Read a path as this person. Raises ``RuntimeError`` unless it is there."""
        return _fine(await wire.ask("GET", path, {"Authorization": self.tokens[person]}))

    async def _post(self, wire: Wire, person: str, path: str, body: dict[str, Any]) -> Answer:
        headers = {"Authorization": self.tokens[person], "Idempotency-Key": uuid.uuid4().hex}
        while (answer := await wire.ask("POST", path, headers, body)).status == _AWAY:
            self.repeated += 1
            await asyncio.sleep(PAUSE)
        return _fine(answer)

    def _cited(self, person: str, kinds: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"file_id": self.photos[person], "kind": kind} for kind in kinds]


async def signed_in(stand: Stand, wire: Wire) -> People:
    """Everybody with a token, and a photo for those who cite one."""
    now = datetime.now(UTC)
    names = (INSPECTOR, OFFICE, STAFF)
    tokens = {name: f"Bearer {stand.tokens.issue(name, now, timedelta(days=1))}" for name in names}
    photos = {name: await _upload(wire, tokens[name]) for name in (INSPECTOR, STAFF)}
    return People(tokens=tokens, photos=photos)


async def _upload(wire: Wire, token: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="p.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    content = head.encode() + out.getvalue() + b"\r\n--b--\r\n"
    headers = {
        "Authorization": token,
        "Idempotency-Key": uuid.uuid4().hex,
        "Content-Type": "multipart/form-data; boundary=b",
    }
    number: str = _fine(await wire.ask("POST", "/v1/files", headers, content)).json()["id"]
    return number


def _fine(answer: Answer) -> Answer:
    if answer.status not in (200, 201, 202):
        raise RuntimeError(f"{answer.status}: {answer.body[:500]!r}")
    return answer
