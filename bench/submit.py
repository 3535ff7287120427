"""B5: a submission to a collection through HTTP, against a bare FastAPI with one asyncpg INSERT, for anybody or for somebody."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench import collecting, measure, results
from bench.measure import Sample, Side
from bench.results import Result
from bench.stand import API, FLOOR_API, Stand
from bench.wire import Wire, wires
from domain.collection import Audience

ONE_BY_ONE: Final = 300
TOGETHER: Final = 2700
WIDTH: Final = 10
UNITS: Final = ("ec01", "ec02", "ec03", "ec04", "ec05", "ec06", "fu01", "fu02")
QUIET: Final = "su01"
"""Submits nothing, so that the collection does not end early."""


class Crowd:
    """Units that submit, each its next version; a lane is one unit, so that no two versions meet."""

    def __init__(self, stand: Stand, number: str) -> None:
        now = datetime.now(UTC)
        self.tokens = {
            unit: f"Bearer {stand.tokens.issue(f'p-{unit}-safety', now, timedelta(days=1))}" for unit in UNITS
        }
        self.path = f"/v1/collections/{number}/submissions"
        self.acked = 0

    async def submit(self, wire: Wire, lane: int) -> None:
        unit = UNITS[lane % len(UNITS)]
        headers = {"Authorization": self.tokens[unit], "Idempotency-Key": uuid.uuid4().hex}
        answer = await wire.ask("POST", self.path, headers, _body(unit))
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")
        self.acked += 1


def _body(unit: str) -> dict[str, Any]:
    return {
        "unit_id": unit,
        "content": {"incidents": 1, "description": "一名老人跌倒，已送医"},
        "reason": "更正",
        "evidence": [],
    }


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """Latency is taken one request at a time, the rate with eight units at once."""
    made = await collecting.collection(
        stand.database, "daily_report", Audience(units=(*UNITS, QUIET)), timedelta(hours=12)
    )
    crowd = Crowd(stand, made.id)
    async with wires(stand.stack.ports.api, WIDTH) as ours, wires(stand.floor_port, WIDTH) as floor:

        async def submit(lane: int, _number: int) -> None:
            await crowd.submit(ours[lane], lane)

        async def insert(lane: int, _number: int) -> None:
            await _insert(floor[lane], "/rows", {}, UNITS[lane % len(UNITS)])

        async def ask_and_insert(lane: int, _number: int) -> None:
            unit = UNITS[lane % len(UNITS)]
            await _insert(floor[lane], "/asked/rows", {"Authorization": crowd.tokens[unit]}, unit)

        sides = {
            "ours": _side(stand, API, submit, scale),
            "floor": _side(stand, FLOOR_API, insert, scale),
            "floor and who asks": _side(stand, FLOOR_API, ask_and_insert, scale),
        }
        await measure.interleaved(sides, 1)  # warm
        samples = await measure.interleaved(sides, rounds)
    return _result(samples, rounds, scale, crowd.acked, await _kept(stand, made.id))


async def _insert(wire: Wire, path: str, headers: dict[str, str], unit: str) -> None:
    answer = await wire.ask("POST", path, headers, _body(unit))
    if answer.status != 201:
        raise RuntimeError(str(answer.status))


async def _kept(stand: Stand, number: str) -> int:
    async with stand.database.connection() as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM submissions WHERE collection_id = $1", number
        )
    return found


def _side(stand: Stand, process: str, one: Any, scale: float) -> Side:
    async def side() -> Sample:
        lanes = itertools.cycle(range(len(UNITS)))

        async def next_unit(_lane: int, number: int) -> None:
            await one(next(lanes), number)

        meter = stand.meter(process, "postgres")
        alone = await measure.at_once(int(ONE_BY_ONE * scale), 1, next_unit)
        together = await measure.timed(meter, lambda: measure.at_once(int(TOGETHER * scale), len(UNITS), one))
        return Sample(
            operations=together.operations,
            seconds=together.seconds,
            latencies=tuple(alone),
            cpu=together.cpu,
        )

    return side


def _result(samples: dict[str, list[Sample]], rounds: int, scale: float, acked: int, kept: int) -> Result:
    wanted = (("p50_ms", 1.25, False), ("rate", None, True), ("cpu_ms", None, False))
    lost = acked - kept
    return Result(
        id="B5",
        title="一次报送：POST /v1/collections/{id}/submissions",
        rounds=rounds,
        per_round=f"{int(ONE_BY_ONE * scale)} one by one, {int(TOGETHER * scale)} of eight units at once",
        ratios=[
            *results.compared(samples, "floor", *wanted),
            *results.compared(
                samples, "floor and who asks", *((name, None, more) for name, _, more in wanted)
            ),
        ],
        sides=results.tables(samples),
        notes=[f"{acked} submissions were answered 201, {kept} are on record: {lost} lost."],
    )
