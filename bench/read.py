"""B4: reading one case through HTTP, against a bare FastAPI with one asyncpg SELECT of the same row, for anybody or for somebody."""

from collections.abc import Awaitable, Callable

from bench import measure, people, results
from bench.measure import Sample, Side
from bench.people import OFFICE
from bench.results import Result
from bench.stand import API, FLOOR_API, Stand
from bench.wire import Wire, wires

ONE_BY_ONE = 400
TOGETHER = 1200
WIDTH = 10

Ask = Callable[[Wire], Awaitable[object]]


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """Latency is taken one request at a time, the rate with ten connections."""
    async with wires(stand.stack.ports.api, WIDTH) as ours, wires(stand.floor_port, WIDTH) as floor:
        crowd = await people.signed_in(stand, ours[0])
        number = await crowd.report(ours[0])
        for step in range(3):
            await crowd.act(ours[0], number, step)

        async def case(wire: Wire) -> object:
            return await crowd.read(wire, f"/v1/hazards/{number}")

        sides = {
            "ours": _side(stand, API, ours, case, scale),
            "floor": _side(stand, FLOOR_API, floor, _plain(f"/text/{number}"), scale),
            "floor and who asks": _side(
                stand, FLOOR_API, floor, _plain(f"/asked/text/{number}", crowd.tokens[OFFICE]), scale
            ),
            "parsed": _side(stand, FLOOR_API, floor, _plain(f"/parsed/{number}"), scale),
        }
        await measure.interleaved(sides, 1)  # warm
        samples = await measure.interleaved(sides, rounds)
    return _result(samples, rounds, scale)


def _result(samples: dict[str, list[Sample]], rounds: int, scale: float) -> Result:
    wanted = (("p50_ms", 1.2, False), ("rate", 0.8, True), ("cpu_ms", None, False))
    return Result(
        id="B4",
        title="读一件：GET /v1/hazards/{id}",
        rounds=rounds,
        per_round=f"{int(ONE_BY_ONE * scale)} reads one by one, {int(TOGETHER * scale)} over {WIDTH} connections",
        ratios=[
            *results.compared(samples, "floor", *wanted),
            *results.compared(
                samples, "floor and who asks", *((name, None, more) for name, _, more in wanted)
            ),
            *results.compared(samples, "parsed", *wanted),
        ],
        sides=results.tables(samples),
    )


def _plain(path: str, token: str = "") -> Ask:
    async def ask(wire: Wire) -> object:
        answer = await wire.ask("GET", path, {"Authorization": token} if token else None)
        if answer.status != 200:
            raise RuntimeError(str(answer.status))
        return answer

    return ask


def _side(stand: Stand, process: str, connections: list[Wire], ask: Ask, scale: float) -> Side:
    async def side() -> Sample:
        async def one(lane: int, _number: int) -> None:
            await ask(connections[lane])

        meter = stand.meter(process, "postgres")
        alone = await measure.at_once(int(ONE_BY_ONE * scale), 1, one)
        together = await measure.timed(meter, lambda: measure.at_once(int(TOGETHER * scale), WIDTH, one))
        return Sample(
            operations=together.operations,
            seconds=together.seconds,
            latencies=tuple(alone),
            cpu=together.cpu,
        )

    return side
