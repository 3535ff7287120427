"""The door to the engine: the only module that uses its client.

Invariant: every call is bounded in time, and an engine that is away is :class:`~domain.errors.Temporary`,
whatever the client library raised.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from activities.reconcile import Pass
from domain.delivery import ChannelName
from domain.errors import Kind, Refused, Temporary
from domain.hazard import Case, Command, Remark, Restamp
from workflows import card, delivery, restamp, search_attributes, webhook
from workflows.bulletin import CLOCK_ID, BulletinClockWorkflow
from workflows.collection import CollectionWorkflow
from workflows.converter import CONVERTER
from workflows.daily_seal import DAILY_SEAL_ID, DailySealWorkflow
from workflows.hazard import HazardWorkflow
from workflows.intake import RELAY_ID, IntakeRelayWorkflow
from workflows.messages import Acknowledged, HazardStart, as_refused
from workflows.reconciler import RECONCILER_ID, ReconcilerWorkflow
from workflows.restamp import RestampWorkflow
from workflows.webhook import BELL_ID, EventBellWorkflow, WebhookStart, WebhookWorkflow

T = TypeVar("T")
_Run = Callable[..., Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class EngineAddress:
    """Where the engine is and how to be let in."""

    address: str
    namespace: str
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    api_key: str | None = None
    lazy: bool = True


async def connect(to: EngineAddress) -> Client:
    """A client; a lazy one connects on first use, so a process starts while the engine is away."""
    tls: bool | TLSConfig = to.tls
    if to.ca or to.certificate:
        tls = TLSConfig(
            server_root_ca_cert=to.ca.read_bytes() if to.ca else None,
            client_cert=to.certificate.read_bytes() if to.certificate else None,
            client_private_key=to.key.read_bytes() if to.key else None,
        )
    return await Client.connect(
        to.address,
        namespace=to.namespace,
        tls=tls,
        api_key=to.api_key,
        data_converter=CONVERTER,
        lazy=to.lazy,
    )


class HazardGateway:
    """Starts hazard workflows and brings commands to them; ``timeout`` is in seconds, for every call.

    ``ahead`` is what a rehearsal's scenario is ahead of the engine's time, in seconds (:mod:`workflows.moments`).
    """

    def __init__(self, client: Client, *, task_queue: str, timeout: float, ahead: int | None = None) -> None:
        self._client = client
        self._task_queue = task_queue
        self._timeout = timeout
        self._ahead = ahead

    async def start(self, case: Case) -> None:
        """Start the case's workflow, or leave the running one alone. Raises ``Temporary``."""
        await self._bounded(self._started(case, WorkflowIDConflictPolicy.USE_EXISTING))

    async def start_missing(self, case: Case) -> bool:
        """Start the case's workflow unless it runs; tell whether it was started here. Raises ``Temporary``."""
        return await self._bounded(self._started(case, WorkflowIDConflictPolicy.FAIL))

    async def _started(self, case: Case, if_running: WorkflowIDConflictPolicy) -> bool:
        try:
            await self._client.start_workflow(
                HazardWorkflow.run,
                HazardStart(case_id=case.id, ahead=self._ahead),
                id=case.id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=if_running,
                search_attributes=search_attributes.at_start(case),
                static_summary=card.summary(case),
                static_details=card.details(case),
            )
        except WorkflowAlreadyStartedError:
            if if_running is WorkflowIDConflictPolicy.FAIL:
                return False
            raise
        return True

    async def act(self, case_id: str, command: Command) -> Acknowledged:
        """Bring a command to its case and wait until it is on record; the request's id makes a repeat safe.

        Raises:
            Refused: the rules said no, or ``not_running`` when the engine has no such open case.
            Temporary: the engine or its worker is away; the same request may be repeated.
        """
        handle = self._client.get_workflow_handle(case_id)
        return await self._answered(handle.execute_update(HazardWorkflow.act, command, id=command.request_id))

    async def restamp(self, case_id: str, newer: Restamp) -> Acknowledged:
        """Bring newer terms or days to a running case, as :meth:`act` brings a command."""
        handle = self._client.get_workflow_handle(case_id)
        return await self._answered(handle.execute_update(HazardWorkflow.restamp, newer, id=newer.request_id))

    async def remark(self, case_id: str, given: Remark) -> Acknowledged:
        """Bring what somebody from outside says to a running case, as :meth:`act` brings a command."""
        handle = self._client.get_workflow_handle(case_id)
        return await self._answered(handle.execute_update(HazardWorkflow.remark, given, id=given.request_id))

    async def start_restamp(self, order_id: str) -> None:
        """Carry out an order, or leave the run that does alone. Raises ``Temporary``."""
        await self._bounded(
            self._client.start_workflow(
                RestampWorkflow.run,
                order_id,
                id=restamp.workflow_id(order_id),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"时限重算｜{order_id}",
            )
        )

    async def look(self, collection_id: str) -> None:
        """Start the collection's workflow, or make the running one look again. Raises ``Temporary``."""
        run, summary = CollectionWorkflow.run, f"限时收集｜{collection_id}"
        await self._stand(run, collection_id, collection_id, summary, self._ahead, signal="look")

    async def start_relay(self) -> None:
        """Make sure that the intake relay runs. Raises ``Temporary``."""
        await self._stand(IntakeRelayWorkflow.run, 0, RELAY_ID, "补启动接力｜引擎离线期间的上报由此补启动")

    async def start_reconciler(self) -> None:
        """Make sure that the reconciler runs. Raises ``Temporary``."""
        await self._stand(ReconcilerWorkflow.run, Pass(), RECONCILER_ID, "自查｜每分钟核对数据库、留痕与引擎")

    async def start_delivery(self, channel: ChannelName) -> None:
        """Make sure that the delivery of a channel runs. Raises ``Temporary``."""
        known_as = delivery.workflow_id(channel)
        await self._stand(delivery.DeliveryWorkflow.run, channel.value, known_as, f"送达｜{channel.label}")

    async def start_bulletin_clock(self) -> None:
        """Make sure that the clock of bulletins runs. Raises ``Temporary``."""
        await self._stand(
            BulletinClockWorkflow.run,
            0,
            CLOCK_ID,
            "通报催办｜提醒待办的文稿，向未签收的单位催阅",
            self._ahead,
        )

    async def wake_bulletin_clock(self) -> None:
        """Tell the clock of bulletins that something changed. Raises ``Refused`` (not running) or ``Temporary``."""
        handle = self._client.get_workflow_handle(CLOCK_ID)
        await self._bounded(handle.signal(BulletinClockWorkflow.wake))

    async def start_daily_seal(self) -> None:
        """Make sure that the daily seal runs. Raises ``Temporary``."""
        summary = "每日封存｜零时十分封存各链末条的哈希并签名"
        await self._stand(DailySealWorkflow.run, 0, DAILY_SEAL_ID, summary)

    async def start_event_bell(self) -> None:
        """Make sure that subscriptions are woken. Raises ``Temporary``."""
        await self._stand(EventBellWorkflow.run, 0, BELL_ID, "事件铃｜有新的事件时唤醒各推送订阅")

    async def start_webhook(self, webhook_id: str, *, signal: str | None = None) -> None:
        """Make sure that a subscription runs; the signal ``wake`` makes it look. Raises ``Temporary``."""
        begin, summary = WebhookStart(webhook_id=webhook_id), f"事件推送｜{webhook_id}"
        await self._stand(WebhookWorkflow.run, begin, webhook.workflow_id(webhook_id), summary, signal=signal)

    async def _stand(
        self, run: _Run, begin: object, known_as: str, summary: str, *more: object, signal: str | None = None
    ) -> None:
        await self._bounded(
            self._client.start_workflow(
                run,
                args=[begin, *more],
                id=known_as,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=signal,
                static_summary=summary,
            )
        )

    async def ping(self) -> None:
        """Ask the engine for a sign of life. Raises ``Temporary``."""
        await self._bounded(self._client.workflow_service.get_system_info(GetSystemInfoRequest()))

    async def _answered(self, update: Awaitable[Acknowledged]) -> Acknowledged:
        try:
            return await self._bounded(update)
        except WorkflowUpdateFailedError as error:
            refused = as_refused(error.cause) if isinstance(error.cause, ApplicationError) else None
            raise refused or Temporary("engine") from error

    async def _bounded(self, call: Awaitable[T]) -> T:
        """Bound a call in time; the client's own time-outs do not (its retries go on past them)."""
        try:
            async with asyncio.timeout(self._timeout):
                return await call
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise Refused(Kind.WRONG_STAGE, "not_running", "该案件已办结或尚未启动") from error
            raise Temporary("engine") from error
        except WorkflowAlreadyStartedError as error:
            raise Temporary("engine") from error
        except (TimeoutError, RuntimeError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise Temporary("engine") from error


async def register_search_attributes(client: Client) -> None:
    """Add to the namespace the search attributes that it lacks; a repeat changes nothing."""
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    wanted = {
        key.name: IndexedValueType.ValueType(int(key.indexed_value_type))
        for key in search_attributes.ALL
        if key.name not in known.custom_attributes
    }
    if wanted:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=wanted)
        )
