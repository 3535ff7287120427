"""Every operation × everybody × own, foreign and nothing, made from the published document and the table of operations.

Nothing here lists operations: what is added to the API is tried from then on.
"""

import hashlib
import io
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from PIL import Image

from adapters.postgres.directory import PostgresDirectory
from domain import access
from domain.access import OPERATIONS, Way
from domain.hazard import Action
from domain.people import Actor
from services.api.main import document
from tests.harness import Json, World
from tests.stories import loop

PEOPLE: Final = (
    "p-ec01-safety",
    "p-ec01-head",
    "p-ec03-safety",
    "p-ec03-head",
    "p-team1a",
    "p-team2a",
    "p-office",
    "p-leader",
    "p-deputy",
    "p-oversight",
    "p-fu01-head",
    "p-matrix-nobody",
)
"""Two units, two teams, the district, who oversees, who has a post in two worlds, and somebody without a post."""

UNITS: Final = ("ec01", "ec03")
NOTHING: Final = {
    "hazard_id": "YH-2026-999999",
    "file_id": "f-" + "0" * 32,
    "notice_id": "YH-2026-999999.1.1",
}
ENDING: Final = ("sign_out", "end_session", "sign_out_everywhere")
"""What ends the session by which everything else is asked; its own tests try it."""

_OTHER: Final = {"region": "CN-TEST", "day": "2027-05-12", "year": "2031"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something to ask for: an object of a unit, or (without one) of nobody; ``marks`` is what tells it from others."""

    unit_id: str | None
    ids: Mapping[str, str]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the published document."""

    name: str
    method: str
    path: str
    writes: bool

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def is_act(self) -> bool:
        """Whether it is an act on a hazard, of which the stories know what it needs."""
        return self.name in {access.of_action(action) for action in Action}

    @property
    def aims(self) -> str | None:
        """The kind of object that its address names, if it is one that belongs to a unit or a post."""
        return next((name for name in self.parameters if name in NOTHING), None)

    def address(self, target: Target) -> str | None:
        """Where it is asked for; ``None`` where its address names something that the target does not have."""
        told = _OTHER | dict(target.ids)
        if not set(self.parameters) <= set(told):
            return None
        return self.path.format(**told)


def operations() -> list[Operation]:
    """Every operation behind a token."""
    found = []
    for path, item in document()["paths"].items():
        for method, told in item.items():
            name = told["operationId"]
            if OPERATIONS[name].way in (Way.SIGNED_IN, Way.POSTS) and name not in ENDING:
                found.append(Operation(name=name, method=method, path=path, writes=method != "get"))
    return found


async def actors(world: World) -> dict[str, Actor]:
    """Everybody, with the posts held now; whoever has none is made first."""
    async with world.database.connection() as connection:
        await connection.execute(
            "INSERT INTO people (id, name) VALUES ('p-matrix-nobody', '无岗者') ON CONFLICT DO NOTHING"
        )
    directory, found = PostgresDirectory(world.database), {}
    for person_id in PEOPLE:
        person = await directory.person(person_id, world.clock())
        assert person is not None
        found[person_id] = person.actor
    return found


async def targets(world: World) -> list[Target]:
    """A new case and an assigned one of each of two units that two teams own, and nothing."""
    found = [Target(unit_id=None, ids=NOTHING)]
    for (unit, team), stage in itertools.product(
        (("ec01", "p-team1a"), ("ec03", "p-team2a")), ("reported", "assigned")
    ):
        photo = await world.upload(team, _photo(f"{unit}{stage}"))
        mark = f"矩阵{unit}{stage}{next(world.places)}"
        case = await world.report(
            team, unit, place=mark, evidence=[{"file_id": photo, "kind": "before_photo"}]
        )
        if stage == "assigned":
            await loop.do(world, team, case["id"], "confirm")
            await loop.do(world, "p-office", case["id"], "assign", post=f"{unit}-safety")
        ids = {"hazard_id": case["id"], "file_id": photo, "notice_id": f"{case['id']}.1.1"}
        found.append(Target(unit_id=unit, ids=ids, marks=(mark, case["unit_name"], case["id"])))
    return found


def _photo(name: str) -> bytes:
    out, digest = io.BytesIO(), hashlib.sha256(name.encode()).digest()
    Image.new("RGB", (64, 48), (digest[0], digest[1], digest[2])).save(out, "JPEG")
    return out.getvalue()


async def ask(world: World, person: str, operation: Operation, address: str) -> httpx.Response:
    """Ask as the person would, with a body that is right where the operation is an act on a hazard."""
    told: Any = {}
    if operation.name == "upload_file":
        return await world.http.post(
            address, headers=world.headers(person), files={"file": ("a.jpg", b"not a photo")}
        )
    if operation.is_act:
        told = loop.body_without_evidence(operation.name.removesuffix("_hazard"))
    content = {"json": told} if operation.writes else {}
    return await world.http.request(operation.method, address, headers=world.headers(person), **content)


def expected(operation: Operation, actor: Actor, target: Target) -> str:
    """What the table says: ``role_required``, ``unknown`` or ``reached``."""
    row = OPERATIONS[operation.name]
    if row.way is Way.POSTS and not any(held.role in row.by for held in actor.holdings):
        return "role_required"
    if operation.aims is None:
        return "reached"
    if operation.aims == "notice_id":
        mine = {held.post_id for held in actor.holdings}
        return "reached" if target.unit_id and _team(target) in mine else "unknown"
    visible = access.visible_units("get_hazard", actor)
    seen = target.unit_id is not None and (visible is None or target.unit_id in visible)
    return "reached" if seen else "unknown"


def right(told: str, operation: Operation, actor: Actor, target: Target) -> bool:
    """Whether the answer is what the table says.

    A body that was not understood is refused before anything is looked up. Whoever may do an act in another stage, or
    sees the case by a post that may not do it, is told the role after the case was found.
    """
    wanted = expected(operation, actor, target)
    unread = told == "unread" and operation.writes and wanted != "role_required"
    beyond = access.capacity(operation.name, actor, target.unit_id or "") is None
    by_row = told == "role_required" and wanted == "reached" and (operation.is_act or beyond)
    return told == wanted or unread or by_row


def got(response: httpx.Response) -> str:
    """What was answered, in the same words; an answer that is neither is given by its status."""
    if response.status_code in (400, 415, 422):
        return "unread"
    if response.status_code == 404:
        return "unknown"
    if response.status_code == 403 and response.json()["code"] == "role_required":
        return "role_required"
    return (
        "reached" if response.status_code < 500 and response.status_code != 401 else str(response.status_code)
    )


def leaks(response: httpx.Response, actor: Actor, every: list[Target]) -> list[str]:
    """What the answer tells of objects that the asker must not see."""
    visible = access.visible_units("get_hazard", actor)
    hidden = [one for one in every if one.unit_id and visible is not None and one.unit_id not in visible]
    return [mark for one in hidden for mark in one.marks if mark in response.text]


def searches(every: list[Target]) -> Iterator[tuple[str, Json]]:
    """Lists, searches and counts that name the objects."""
    for one in every:
        if one.unit_id is None:
            continue
        mark, _, number = one.marks
        for query in (
            {"text": mark},
            {"text": number},
            {"unit": one.unit_id},
            {"post": f"{one.unit_id}-safety"},
        ):
            yield "/v1/hazards", query | {"limit": 100}
        yield "/v1/hazards", {"cursor": number, "limit": 100}
        yield "/v1/me/work", {"cursor": number, "limit": 100}
        yield "/v1/me/notices", {"cursor": f"{number}.1.1", "limit": 100}
    for address in ("/v1/hazards", "/v1/me/work", "/v1/me/notices", "/v1/units", "/v1/posts"):
        yield address, {"limit": 100}
    yield "/v1/hazards/counts", {}


def _team(target: Target) -> str:
    return {"ec01": "team-1", "ec03": "team-2"}[target.unit_id or ""]
