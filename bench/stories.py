"""Stories of hazards told to the record by the real rules, at any instant: the patterns that are multiplied to size.

Invariant: a story is written by the system's own intake and record, its clock included, so whatever the schema is, the rows
are what the system would have written on that day.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.postgres.calendar import PostgresCalendar
from adapters.postgres.database import Database
from adapters.postgres.dictionary import PostgresDictionary
from adapters.postgres.directory import PostgresDirectory, UnitDesk
from adapters.postgres.files import PostgresFiles
from adapters.postgres.hazards import PostgresHazards
from adapters.postgres.intake import PostgresIntake
from domain import hazard
from domain.evidence import Evidence, EvidenceKind, MediaType, StoredFile
from domain.hazard import Action, Case, Command, Grade, Report
from domain.people import Actor
from domain.requests import Answer, Request
from domain.terms import Terms
from domain.workdays import Limit, Unit

PLACE: Final = "七零七"
"""Stands in the place of a pattern; each copy has a number there."""

FILE: Final = StoredFile(
    id="f-" + "0" * 32,
    sha256="0" * 64,
    served_sha256="1" * 64,
    media_type=MediaType.JPEG,
    size=1,
    width=1,
    height=1,
    pages=None,
)
CITED: Final = {
    "report": EvidenceKind.BEFORE_PHOTO,
    "plan": EvidenceKind.PLAN,
    "submit": EvidenceKind.AFTER_PHOTO,
    "pass": EvidenceKind.SIGNATURE,
    "close": EvidenceKind.CLOSURE_DOCUMENT,
}
"""What each step cites: what the sample's policy asks for."""

PLAN: Final = dict.fromkeys(hazard.PLAN_ITEMS, "见治理方案")

_GENERAL: Final = (
    ("confirm", "p-team1a"),
    ("assign", "p-office"),
    ("start", "safety"),
    ("submit", "safety"),
    ("pass", "p-team1a"),
)
_RETURNED: Final = (
    *_GENERAL[:4],
    ("return", "p-team1b"),
    ("submit", "safety"),
    ("pass", "p-team1a"),
)
_MAJOR: Final = (
    *_GENERAL[:2],
    ("plan", "head"),
    ("control", "safety"),
    *_GENERAL[2:],
    ("close", "p-deputy"),
)


@dataclass(frozen=True, kw_only=True)
class Story:
    """What was found and who did what; ``every`` is the time between steps."""

    category: str
    item: str | None
    description: str
    steps: tuple[tuple[str, str], ...] = _GENERAL
    level: str = "general"
    every: timedelta = timedelta(hours=20)


STORIES: Final = (
    Story(category="fire", item="fire-exit", description="安全出口被货架堵塞，无法从内部直接推开"),
    Story(category="fire", item="fire-extinguisher", description="两具灭火器压力不足", steps=_RETURNED),
    Story(category="electric", item="electric-wiring", description="活动室插线板串接使用，私拉乱接"),
    Story(category="food", item="food-sample", description="食品留样不足四十八小时，标签不全"),
    Story(category="management", item="duty-log", description="夜间值班记录有两天未填写"),
    Story(category="epidemic", item="epidemic-visit", description="来访人员登记本缺页", steps=(("dismiss", "p-team1a"),)),
    Story(category="fire", item="fire-panel", description="老人居室采用易燃芯材彩钢板搭建", steps=_MAJOR, level="major"),
    Story(category="electric", item="electric-wiring", description="配电箱前堆放杂物", every=timedelta(days=6)),
)  # fmt: skip


@dataclass
class Teller:
    """Writes stories about one unit, by its staff and the bureau's people."""

    database: Database
    desk: UnitDesk
    actors: Mapping[str, Actor]

    async def report(self, story: Story, at: datetime, terms: Terms, place: str = PLACE) -> Case:
        """Put a hazard on record as reported at ``at`` (aware), its workflow not started."""
        key = Request(principal="p-team1a", key=uuid.uuid4().hex, fingerprint="0" * 64)
        filed = await PostgresIntake(self.database).open(
            self._report(story, place),
            terms,
            self.actors["p-team1a"],
            key,
            at,
            lambda _case, _new: Answer(status=201, body={}),
        )
        if filed.case is None:
            raise RuntimeError("the same hazard is on record already")
        return filed.case

    async def tell(self, story: Story, at: datetime, until: datetime, steps: int, terms: Terms) -> Case:
        """Report at ``at``, then take at most ``steps`` steps, nothing after ``until`` (aware); the clock acts between."""
        hazards = PostgresHazards(self.database)
        reported = await self.report(story, at, terms)
        case = await hazards.load(reported.id)
        for number, (action, who) in enumerate(story.steps[:steps], 1):
            now = at + story.every * number
            if now > until:
                break
            case = await self._lapse(hazards, case, now)
            change = hazard.apply(case, self.command(action, who, number), now)
            if change is not None:
                await hazards.append(change)
                case = change.case
        return await self._lapse(hazards, case, until) if case.stage.is_open else case

    async def _lapse(self, hazards: PostgresHazards, case: Case, now: datetime) -> Case:
        while (coming := hazard.next_step(case)) is not None and coming.at <= now:
            change = hazard.step(case, coming.at)
            if change is None:
                break
            await hazards.append(change)
            case = change.case
        return case

    def command(self, action: str, who: str, number: int) -> Command:
        """The command of a step; ``number`` names the request within its case."""
        person = who if who.startswith("p-") else f"p-{self.desk.id}-{who}"
        more: dict[str, Any] = {"post": self.desk.unit_post, "plan": PLAN}
        wanted = {"assign": ("post",), "plan": ("plan",)}.get(action, ())
        return Command(
            action=Action(action),
            request_id=f"{person}:bench-{number}",
            actor=self.actors[person],
            reason="经核实",
            note="已按要求办理",
            evidence=_cited(action),
            **{name: more[name] for name in wanted},
        )

    def _report(self, story: Story, place: str) -> Report:
        desk = self.desk
        posts = {
            name: getattr(desk, name)
            for name in desk.__dataclass_fields__
            if name.endswith("_post") and name in Report.__dataclass_fields__
        }
        return Report(
            unit_id=desk.id,
            unit_name=desk.name,
            district=desk.district,
            place=f"{place}号房间",
            category=story.category,
            category_label="类别",
            item=story.item,
            description=story.description,
            grade=Grade(code=story.level, major=story.level == "major"),
            fixed_on_spot=False,
            evidence=_cited("report"),
            closing_authority=desk.closing_authority,
            **posts,
        )


async def teller(database: Database, unit_id: str, now: datetime) -> Teller:
    """A teller for this unit of the directory, with the one file that everything cites."""
    directory = PostgresDirectory(database)
    desk = await directory.unit(unit_id)
    if desk is None:
        raise RuntimeError(f"the directory has no unit {unit_id}")
    names = ["p-team1a", "p-team1b", "p-office", "p-deputy", f"p-{unit_id}-safety", f"p-{unit_id}-head"]
    people = {name: await directory.person(name, now) for name in names}
    await PostgresFiles(database).put(FILE, "p-team1a", now)
    return Teller(
        database=database,
        desk=desk,
        actors={name: person.actor for name, person in people.items() if person is not None},
    )


async def terms_at(database: Database, now: datetime, policy_of: datetime | None = None) -> Terms:
    """The policy of ``policy_of`` (``now`` unless told) with the days of a case that opens at ``now``."""
    terms = await PostgresDictionary(database).terms(policy_of or now)
    return terms.stamped(await PostgresCalendar(database).calendar(terms.region), now, now)


def due_on(terms: Terms, due: datetime) -> Terms:
    """These terms with every limit ending at ``due`` (aware, on a whole minute)."""
    local = terms.local(due)
    minute = local.hour * 60 + local.minute
    named = Limit(unit=Unit.NAMED_DATE, on=local.date().isoformat(), minute=minute)
    limits = {level: dict.fromkeys(kinds, named) for level, kinds in terms.limits.items()}
    return replace(terms, limits=limits, category_limits={})


def _cited(action: str) -> tuple[Evidence, ...]:
    kind = CITED.get(action)
    return () if kind is None else (Evidence(kind=kind, file_id=FILE.id, sha256=FILE.sha256),)
