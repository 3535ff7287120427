"""Metrics: queue, age, latency and failures by channel, on a port of their own, and of nobody."""

import httpx
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from domain.delivery import ChannelName
from services import metrics
from services.api import metering
from services.worker import delivering
from tests.delivery.office import Office, dispatching

E = ChannelName.EMAIL


async def _samples(port: int) -> dict[tuple[str, str], float]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.status_code == 200
        assert (await http.get(f"http://127.0.0.1:{port}/v1/me")).status_code == 404
    assert "ec01" not in answer.text
    return {
        (sample.name, sample.labels.get("channel", "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_worker_shows_what_it_sends_and_what_fails(office: Office) -> None:
    registry = CollectorRegistry()
    await office.reach("person:p-ec01-safety", E, "ec01@unit.example")
    async with metrics.served(registry, "127.0.0.1", 0) as port:
        async with dispatching(office, E, metrics=registry):
            await office.settled(await office.put("ec01-safety"))
            office.box.refuse = "550 no"
            await office.settled(await office.put("ec01-safety", urgent=True))
        seen = await _samples(port)
    assert seen[("bihuan_delivery_send_seconds_count", "email")] == 1
    assert seen[("bihuan_delivery_failures_total", "email")] == 1
    assert seen[("bihuan_delivery_queue", "email")] == 0
    assert seen[("bihuan_delivery_last_cycle_timestamp_seconds", "inbox")] > 0


async def test_the_api_shows_the_queue_while_no_worker_runs(office: Office) -> None:
    async with dispatching(office):
        await office.settled(await office.put("ec01-safety"))
    await office.put("ec01-safety", count=3)
    async with metering.served(office.settings, 0, office.world.clock) as port:
        seen = await _samples(port)
    assert ("bihuan_delivery_queue", "inbox") in seen
    assert seen[("bihuan_delivery_unknown", "")] == 0


async def test_the_public_port_knows_nothing_of_metrics(office: Office) -> None:
    assert (await office.world.http.get("/metrics")).status_code == 404
    assert len(ChannelName) * 2 < delivering.CONNECTIONS
