"""Cases on the live stack, and what can be told of them from outside."""

import asyncio

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from tests.api.live import Json, Live

OFFICE = "p-office"
FINDER = "p-team1a"
_STATE = {"id", "seq", "stage", "due_at", "overdue"}


async def act(live: Live, person: str, number: str, action: str, **body: object) -> Json:
    answer = await live.post(person, f"/v1/hazards/{number}/actions/{action}", body)
    assert answer.status_code == 200, answer.text
    done: Json = answer.json()
    return done


async def opened(live: Live, count: int) -> list[str]:
    """The numbers of new cases; all but the first are confirmed."""
    photo = [{"file_id": await live.upload(FINDER), "kind": "before_photo"}]
    numbers = [(await live.report(evidence=photo)).json()["id"] for _ in range(count)]
    for number in numbers[1:]:
        await act(live, FINDER, number, "confirm")
    return numbers


async def state(live: Live, *numbers: str) -> list[Json]:
    """What must not change when a case is started again."""
    seen = [(await live.get(OFFICE, f"/v1/hazards/{number}")).json() for number in numbers]
    return [{name: value for name, value in one.items() if name in _STATE} for one in seen]


async def runs(live: Live, number: str) -> bool:
    try:
        described = await live.client.get_workflow_handle(number).describe()
    except RPCError:
        return False
    return described.status is WorkflowExecutionStatus.RUNNING


async def all_run(live: Live, *numbers: str) -> bool:
    return all(await asyncio.gather(*(runs(live, number) for number in numbers)))


async def goes_on(live: Live, number: str) -> bool:
    note = {"note": "继续"}
    return (await live.post(FINDER, f"/v1/hazards/{number}/actions/note", note)).status_code == 200
