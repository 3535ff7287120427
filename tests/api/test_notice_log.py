"""Every notice that goes on record is in the worker's log too, by ids alone."""

import json

from tests.api.live import Live
from tests.stack import eventually


async def test_a_notice_is_logged_with_its_post_and_without_any_person(live: Live) -> None:
    number = (await live.report()).json()["id"]
    photo = [{"file_id": await live.upload("p-team1a"), "kind": "before_photo"}]
    body = {"evidence": photo}
    answer = await live.post("p-team1a", f"/v1/hazards/{number}/actions/confirm", body)
    assert answer.status_code == 200, answer.text
    [line] = await eventually(lambda: _lines(live, f'"{number}.2.1"'))
    told = json.loads(line)
    assert (told["event"], told["kind"], told["post"], told["late"]) == (
        "notice to a post",
        "work",
        "office",
        False,
    )
    assert "p-" not in line


async def _lines(live: Live, text: str) -> list[str]:
    """The whole lines of the worker's log with this text."""
    log = (live.stack.data / "logs" / "worker.log").read_text(encoding="utf-8")
    return [line for line in log.splitlines(keepends=True) if text in line and line.endswith("\n")]
