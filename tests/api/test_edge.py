"""An error that nobody foresaw tells its caller nothing, and the log only what kind it was and where."""

import json

import httpx
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from services.api.edge import Edge

SECRET = "张三 13800000000"


async def _broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise KeyError(SECRET)


async def test_a_bug_is_a_problem_that_names_nothing() -> None:
    transport = httpx.ASGITransport(Edge(_broken), raise_app_exceptions=True)
    with capture_logs() as logged:
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            answer = await http.get("/v1/hazards")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal_error"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert SECRET not in answer.text
    [line] = logged
    assert line["error"] == "KeyError"
    assert any("_broken" in frame for frame in line["where"])
    assert SECRET not in json.dumps(line, ensure_ascii=False)
