"""The load: clients that report everything twice, carry their cases along, and fight over a few.

Invariant: one operation has one key, and is asked again under it until it is answered; only then it is in the journal.
"""

import asyncio
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import httpx

from tests.api.live import Json, Live
from tests.chaos.journal import Acknowledged, Journal
from tests.stories.loop import CHECKER, FINDER, OFFICE, STAFF

AWAY: Final = frozenset({429, 503})
PATH: Final = (
    (FINDER, "confirm"),
    (OFFICE, "assign"),
    (STAFF, "start"),
    (STAFF, "submit"),
    (CHECKER, "pass"),
)
BODIES: Final[dict[str, Json]] = {
    "confirm": {},
    "assign": {"post": "ec01-safety"},
    "start": {},
    "submit": {"note": "货架已移走"},
    "pass": {"note": "现场复查合格"},
    "return": {"reason": "出口仍有杂物"},
    "dismiss": {"reason": "现场核实无此隐患"},
    "note": {"note": "已联系施工队"},
}
KINDS: Final = {"submit": "after_photo", "pass": "signature"}
FIGHTS: Final = (*PATH, (FINDER, "dismiss"), (CHECKER, "return"), (STAFF, "note"), (OFFICE, "note"))


@dataclass
class Load:
    """Sixteen clients over one API; ``seed`` gives each its own way."""

    live: Live
    journal: Journal
    seed: int
    clients: int = 16
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    arena: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)

    async def prepare(self) -> None:
        """Upload one photo per person."""
        for person in (FINDER, OFFICE, STAFF, CHECKER):
            self.files[person] = await self.live.upload(person)

    async def run(self) -> None:
        """Work until told to stop."""
        await asyncio.gather(*(self._client(number) for number in range(self.clients)))

    async def _client(self, number: int) -> None:
        random = Random(self.seed * 1000 + number)  # noqa: S311 - must be repeatable
        while not self.stop.is_set():
            if self.arena and random.random() < 0.3:
                person, action = random.choice(FIGHTS)
                await self.act(random, person, random.choice(self.arena[-3:]), action)
            else:
                await self._whole_case(random)

    async def _whole_case(self, random: Random) -> None:
        case = await self.report(random)
        if case is None:
            return
        if random.random() < 0.1:
            self.arena.append(case)
        for person, action in PATH[: random.randrange(len(PATH) + 1)]:
            if self.stop.is_set() or await self.act(random, person, case, action) != 200:
                return

    async def report(self, random: Random, *, copies: int = 2) -> str | None:
        """Sent twice or more often at once under one key; all must be told of the same case."""
        body = {
            "unit_id": "ec01",
            "place": f"房间{uuid.uuid4().hex[:10]}",
            "category": "fire",
            "item": "fire-exit",
            "description": "安全出口被货架堵塞",
            "evidence": [{"file_id": self.files[FINDER], "kind": "before_photo"}],
        }
        key = f"{random.getrandbits(96):x}"
        sent = [self._until_answered(FINDER, "/v1/hazards", body, key) for _ in range(copies)]
        answers = [one for one in await asyncio.gather(*sent) if one is not None]
        numbers = {one.json()["id"] for one in answers if one.status_code < 300}
        self.faults += [
            f"report {key}: {one.status_code} {one.text}" for one in answers if one.status_code >= 300
        ]
        if len(numbers) != 1:
            self.faults += [f"report {key} became {numbers}"] if numbers else []
            return None
        (number,) = numbers
        self._note(FINDER, key, number, "report", answers[0])
        return str(number)

    async def act(self, random: Random, person: str, case: str, action: str) -> int:
        """The status of one command; 0 when nobody knows what became of it."""
        key = f"{random.getrandbits(96):x}"
        kinds = [KINDS[action]] if action in KINDS else []
        evidence = [{"file_id": self.files[person], "kind": kind} for kind in kinds]
        body = BODIES[action] | ({"evidence": evidence} if evidence else {})
        answer = await self._until_answered(person, f"/v1/hazards/{case}/actions/{action}", body, key)
        if answer is None:
            return 0
        if answer.status_code not in (200, 403, 409):
            self.faults.append(f"{action} on {case}: {answer.status_code} {answer.text}")
        self._note(person, key, case, action, answer)
        return answer.status_code

    async def _until_answered(self, person: str, path: str, body: Any, key: str) -> httpx.Response | None:
        """The answer; ``None`` when there was none until well after the end, so nobody knows what became of it."""
        patience = 0
        while patience < 60:
            try:
                answer = await self.live.post(person, path, body, key)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in AWAY:
                return answer
            patience += self.stop.is_set()
            await asyncio.sleep(0.25)
        self.unanswered += 1
        return None

    def _note(self, person: str, key: str, case: str, action: str, answer: httpx.Response) -> None:
        seq = answer.json().get("seq", 0)
        line = Acknowledged(
            person=person, key=key, case=case, action=action, status=answer.status_code, seq=seq
        )
        self.journal.write(line)
