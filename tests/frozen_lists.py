"""Frozen lists on record for the tests of bulletins, made by the rules of collections themselves."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from adapters.postgres import codecs
from adapters.postgres.database import Database
from domain import collection
from domain.collection import (
    Collection,
    CollectionKind,
    Consequence,
    Frozen,
    Member,
    Outcome,
    Phase,
    Window,
)

_NUMBERS: Final = itertools.count(1)

NAMES: Final = {
    "ec01": "康宁养老院（示例）",
    "ec02": "松鹤老年公寓（示例）",
    "ec03": "夕阳红养老服务中心（示例）",
    "ec04": "福寿居养老院（示例）",
    "ec05": "北镇敬老院（示例）",
    "ec06": "南镇敬老院（示例）",
    "fu01": "示例区殡仪馆",
    "fu02": "万安公墓（示例）",
    "su01": "社会救助综合服务中心（示例）",
}
USUAL: Final[Mapping[str, Outcome]] = {
    **dict.fromkeys(NAMES, Outcome.ON_TIME),
    "ec02": Outcome.LATE,
    "ec03": Outcome.MISSING,
    "ec04": Outcome.DEFECTIVE,
    "ec05": Outcome.EXEMPT,
}


def window(due: datetime) -> Window:
    return Window(opens_at=due - timedelta(days=3), due_at=due, cut_off_at=due + timedelta(hours=6))


def member(number: str, unit: str, outcome: Outcome, due: datetime, name: str | None = None) -> Member:
    """A unit whose row means this outcome."""
    came = {
        Outcome.ON_TIME: due - timedelta(minutes=20),
        Outcome.LATE: due + timedelta(minutes=11),
        Outcome.DEFECTIVE: due - timedelta(minutes=5),
    }.get(outcome)
    return Member(
        collection_id=number,
        unit_id=unit,
        unit_name=name or NAMES[unit],
        post_id=f"{unit}-safety",
        exempt=outcome is Outcome.EXEMPT,
        returned=outcome is Outcome.DEFECTIVE,
        returns=int(outcome is Outcome.DEFECTIVE),
        version=int(came is not None),
        counted_at=came,
        basis="装修停业，经批准免报" if outcome is Outcome.EXEMPT else None,
    )


def frozen(number: str, members: Iterable[Member], due: datetime) -> tuple[Collection, Frozen]:
    """A collection that was cut off, and its list."""
    about = Collection(
        id=number,
        seq=1,
        head="0" * 64,
        phase=Phase.ENDED,
        kind=CollectionKind(
            code="duty_roster", version=1, label="值班表", form={}, consequence=Consequence.BULLETIN
        ),
        title="国庆节期间值班表",
        basis="《关于印发国庆节期间民政领域安全防范工作检查方案的通知》",
        district="示例区",
        window=window(due),
        audience="全区各民政服务机构",
        contact_post="office",
        contact_phone="0477-8123456",
        expected=len(NAMES),
        created_at=due - timedelta(days=3),
        created_by="p-office",
        created_post="office",
    )
    found = collection.freeze(about, members, about.window.cut_off_at)
    return replace(about, frozen_hash=found.hash), found


async def on_record(
    database: Database, due: datetime, outcomes: Mapping[str, Outcome] | None = None
) -> Frozen:
    """A frozen list on record: by default one late, one missing, one defective, one exempt, the others on time."""
    number = f"SJ-2031-{next(_NUMBERS):06d}"
    given = USUAL if outcomes is None else outcomes
    about, found = frozen(number, [member(number, *one, due) for one in given.items()], due)
    await write(database, about, found)
    return found


async def write(database: Database, about: Collection, found: Frozen) -> None:
    """Put a collection and its frozen list on record."""
    counts = found.counts
    async with database.transaction(60) as connection:
        await connection.execute(
            """
            INSERT INTO collections (id, seq, head, phase, is_open, kind, title, district, expected, opens_at, due_at,
                cut_off_at, created_at, frozen_at, snapshot)
            VALUES ($1, 1, '', 'ended', false, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            *(about.id, about.kind.code, about.title, about.district, about.expected),
            *(about.window.opens_at, about.window.due_at, about.window.cut_off_at, about.created_at),
            *(found.frozen_at, codecs.dump(about)),
        )
        await connection.execute(
            "INSERT INTO collection_frozen VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)",
            *(about.id, found.frozen_at, counts.on_time, counts.late, counts.missing, counts.exempt),
            *(counts.defective, found.hash),
        )
        columns = (
            *("unit_id", "unit_name", "outcome", "due_at", "version", "received_at", "late_minutes"),
            *("returns", "basis", "submission_hash"),
        )
        await connection.execute(
            """
            INSERT INTO collection_standings (collection_id, unit_id, unit_name, outcome, due_at, version, received_at,
                late_minutes, returns, basis, submission_hash)
            SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::int[], $7::timestamptz[],
                $8::int[], $9::int[], $10::text[], $11::text[])
            """,
            about.id,
            *([getattr(one, name) for one in found.standings] for name in columns),
        )
