"""What runs in the engine: the list of what carries cases and collections, each looked at closely, a start and an ending.

Invariant: nothing here decides; an engine that is away is :class:`~domain.errors.Temporary`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from domain.drift import CollectionStanding, OnRecord, Run, Standing
from domain.errors import Temporary
from workflows import search_attributes
from workflows.daily_seal import DAILY_SEAL_ID
from workflows.gateway import HazardGateway
from workflows.intake import RELAY_ID
from workflows.reconciler import RECONCILER_ID

_PROBLEMS: Final = SearchAttributeKey.for_keyword_list("TemporalReportedProblems")
_OTHER_CODE: Final = "NonDeterministicError"
"""What the server names among the problems of a run whose history the code of today does not make."""

_AT_ONCE: Final = 20

STANDING: Final = (RELAY_ID, RECONCILER_ID, DAILY_SEAL_ID)
"""The workflows that run always, one of each in a namespace."""


class EngineInventory:
    """Fits ``activities.drift_ports.Inventory``; ``timeout`` is in seconds, for every call."""

    def __init__(self, client: Client, gateway: HazardGateway, *, timeout: float) -> None:
        self._client = client
        self._gateway = gateway
        self._timeout = timeout

    async def running(self, after: str, to: str | None, *, of: str = "Hazard") -> Mapping[str, Run]:
        """The running workflows of a type by number, from behind ``after`` up to ``to``. Raises ``Temporary``."""
        query = f'WorkflowType = "{of}" AND ExecutionStatus = "Running" AND WorkflowId > "{after}"'
        query += f' AND WorkflowId <= "{to}"' if to else ""
        async with self._bounded():
            return {one.id: _run(one) async for one in self._client.list_workflows(query, page_size=1000)}

    async def look(self, known_as: list[str]) -> Mapping[str, Run]:
        """Those of them that run at this moment. Raises ``Temporary``."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(each: str) -> Run | None:
            async with gate:
                return await self._described(each)

        seen = await asyncio.gather(*(one(each) for each in known_as))
        return {run.case_id: run for run in seen if run is not None}

    async def begin(self, standing: OnRecord) -> None:
        """Start the workflow of a case or collection unless it runs. Raises ``Temporary``."""
        match standing:
            case Standing(case=case):
                await self._gateway.start_missing(case)
            case CollectionStanding(collection=collection):
                await self._gateway.look(collection.id)

    async def end(self, known_as: str, why: str) -> None:
        """End a run; one that has ended already is left alone. Raises ``Temporary``."""
        async with self._bounded():
            try:
                await self._client.get_workflow_handle(known_as).terminate(reason=why)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise

    async def standing(self) -> Mapping[str, bool]:
        """Whether each of them runs, by workflow id. Raises ``Temporary``."""
        return {one: await self._described(one) is not None for one in STANDING}

    async def _described(self, workflow_id: str) -> Run | None:
        async with self._bounded():
            try:
                described = await self._client.get_workflow_handle(workflow_id).describe()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return None
                raise
        return _run(described) if described.status is WorkflowExecutionStatus.RUNNING else None

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except (RPCError, TimeoutError, RuntimeError) as error:
            raise Temporary("engine") from error


def _run(shown: WorkflowExecution) -> Run:
    attributes = shown.typed_search_attributes

    def of(key: SearchAttributeKey[Any]) -> Any:
        return attributes.get(key)

    problems = of(_PROBLEMS) or ()
    return Run(
        case_id=shown.id,
        stage=of(search_attributes.STAGE),
        level=of(search_attributes.LEVEL),
        overdue=of(search_attributes.OVERDUE),
        due_at=of(search_attributes.DUE_AT),
        stuck=bool(problems),
        unfit=any(_OTHER_CODE in problem for problem in problems),
    )
