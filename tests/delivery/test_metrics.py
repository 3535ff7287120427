"""Metrics: queue, age, latency and failures by channel, on a port of their own, and of nobody."""

import httpx
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from domain.delivery import ChannelName
from services import metrics
from services.api import metering
from services.api.main import create
from services.worker import delivering
from tests.delivery.office import Office, dispatching
from tests.stack import free_ports

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
    async with metering.served(office.settings, 0, office.world.clock, CollectorRegistry()) as port:
        seen = await _samples(port)
    assert ("bihuan_delivery_queue", "inbox") in seen
    assert seen[("bihuan_delivery_unknown", "")] == 0


async def test_the_api_counts_its_requests_by_route_and_never_by_what_is_in_an_address(
    office: Office,
) -> None:
    (port,) = free_ports(1)
    settings = office.settings.model_copy(update={"metrics_port": port})
    app = create(settings, office.world.clock)
    world = office.world
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http,
        httpx.AsyncClient(trust_env=False) as outside,
    ):
        for number in range(20):
            path = f"/v1/hazards/YH-2026-{900_000 + number}"
            assert (await http.get(path, headers=world.headers("p-office"))).status_code == 404
            assert (await http.request(f"ODD{number}", f"/nowhere/{number}")).status_code == 404
        assert (await http.get("/v1/me", headers=world.headers("p-office"))).status_code == 200
        assert (await http.get("/v1/me")).status_code == 401
        assert (await http.post("/v1/hazards", content=b"x" * 70_000)).status_code == 413
        page = (await outside.get(f"http://127.0.0.1:{port}/metrics")).text
    counted = {
        tuple(sample.labels[name] for name in ("method", "route", "status")): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == "bihuan_http_requests_total"
    }
    assert counted == {
        ("GET", "/v1/hazards/{hazard_id}", "404"): 20,
        ("OTHER", "none", "404"): 20,
        ("GET", "/v1/me", "200"): 1,
        ("GET", "/v1/me", "401"): 1,
        ("POST", "none", "413"): 1,
    }
    assert 'bihuan_http_request_seconds_count{method="GET",route="/v1/me"} 2.0' in page
    assert "bihuan_http_requests_under_way 0.0" in page
    assert "bihuan_delivery_unknown" in page
    assert "YH-2026" not in page
    assert "nowhere" not in page


async def test_the_public_port_knows_nothing_of_metrics(office: Office) -> None:
    assert (await office.world.http.get("/metrics")).status_code == 404
    assert len(ChannelName) * 2 < delivering.CONNECTIONS
