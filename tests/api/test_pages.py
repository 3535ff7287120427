"""The interactive documents work on a network that reaches nothing but this server."""

import re

import pytest

from tests.api.live import Live

PAGES = ("/docs", "/redoc")


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_loads_everything_from_here(live: Live, page: str) -> None:
    answer = await live.http.get(page)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", answer.text) == []
    assets = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert len(assets) >= 2
    for asset in assets:
        loaded = await live.http.get(asset)
        assert loaded.status_code == 200, asset
        assert len(loaded.content) > 100


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_may_not_load_or_be_framed_by_anything_outside(live: Live, page: str) -> None:
    policy = (await live.http.get(page)).headers["content-security-policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert not re.search(r"https?:|\*", policy)


async def test_the_page_asks_no_validator_on_the_internet(live: Live) -> None:
    assert '"validatorUrl": null' in (await live.http.get("/docs")).text


async def test_every_answer_forbids_sniffing_framing_and_keeping(live: Live) -> None:
    for path in ("/v1/me", "/v1/hazards", "/openapi.json", "/healthz", "/nowhere"):
        headers = (await live.get("p-office", path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "server" not in headers
