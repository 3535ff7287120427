"""B1: closed loops per second through HTTP, against a bare workflow with as many updates and local activities.

Also B2: what one loop costs the engine in history events and state transitions, counted exactly.
"""

from temporalio.client import WorkflowExecutionStatus

from bench import bare, measure, people, results
from bench.measure import Sample, Side
from bench.people import LOOP, People
from bench.results import Result
from bench.stand import API, FLOOR_WORKER, SERVERS, WORKER, Stand
from bench.wire import Wire, wires

LOOPS = 60
WIDTH = 20


async def run(stand: Stand, rounds: int, scale: float = 1) -> Result:
    """``WIDTH`` loops at once on both sides; a loop is a report and five commands, closed at its end."""
    loops = max(2, int(LOOPS * scale))
    async with wires(stand.stack.ports.api, WIDTH) as connections:
        crowd = await people.signed_in(stand, connections[0])
        sides = {
            "ours": _ours(stand, crowd, connections, loops),
            "floor": _bare(stand, loops, writes=False),
            "floor and a row": _bare(stand, loops, writes=True),
        }
        await measure.interleaved(sides, 1)  # warm
        samples = await measure.interleaved(sides, rounds)
    return Result(
        id="B1",
        title="每秒闭环数：上报到销号",
        rounds=rounds,
        per_round=f"{loops} loops, {WIDTH} at once",
        ratios=[
            *results.compared(samples, "floor", ("rate", 0.8, True), ("cpu_ms", None, False)),
            *results.compared(samples, "floor and a row", ("rate", None, True), ("cpu_ms", None, False)),
        ],
        sides=results.tables(samples),
        notes=[f"Requests answered 503 and sent again: {crowd.repeated}."],
    )


async def counted(stand: Stand, _rounds: int, _scale: float = 1) -> Result:
    """B2: events and state transitions of one loop of each side."""
    async with wires(stand.stack.ports.api, 1) as (wire,):
        crowd = await people.signed_in(stand, wire)
        ours = await cost(stand, await crowd.loop(wire))
    floor = await cost(stand, (await bare.loop(stand.client, len(LOOP))).id)
    samples = {"ours": [ours], "floor": [floor]}
    against = "the cost table"
    return Result(
        id="B2",
        title="一个闭环的事件数与状态迁移数（精确）",
        rounds=1,
        per_round="one loop",
        ratios=[
            results.alone([ours.more["events"]], "events", against, 75, ""),
            results.alone([ours.more["transitions"]], "transitions", against, 18, ""),
            *results.compared(samples, "floor", ("events", None, False), ("transitions", None, False)),
        ],
        sides={
            name: {key: value for key, value in table.items() if key in sample[0].more}
            for (name, table), sample in zip(results.tables(samples).items(), samples.values(), strict=True)
        },
    )


async def cost(stand: Stand, workflow_id: str) -> Sample:
    """Events and state transitions of a workflow that has ended or is about to."""
    handle = stand.client.get_workflow_handle(workflow_id)
    await handle.result()
    described = await handle.describe()
    if described.status is not WorkflowExecutionStatus.COMPLETED:
        raise RuntimeError(f"{workflow_id} ended as {described.status}")
    info = described.raw_description.workflow_execution_info
    more = {"events": float(info.history_length), "transitions": float(info.state_transition_count)}
    return Sample(operations=1, seconds=1, more=more)


def _ours(stand: Stand, crowd: People, connections: list[Wire], loops: int) -> Side:
    async def one(lane: int, _number: int) -> None:
        await crowd.loop(connections[lane])

    async def side() -> Sample:
        meter = stand.meter(API, WORKER, *SERVERS)
        return await measure.timed(meter, lambda: measure.at_once(loops, WIDTH, one))

    return side


def _bare(stand: Stand, loops: int, *, writes: bool) -> Side:
    async def one(_lane: int, _number: int) -> None:
        await bare.loop(stand.client, len(LOOP), writes=writes)

    async def side() -> Sample:
        meter = stand.meter(FLOOR_WORKER, *SERVERS)
        return await measure.timed(meter, lambda: measure.at_once(loops, WIDTH, one))

    return side
