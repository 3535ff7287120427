"""Every notice that goes on record is in the worker's log too, by ids alone."""

import json

from tests.api.live import Live


async def test_a_notice_is_logged_with_its_post_and_without_any_person(live: Live) -> None:
    number = (await live.report()).json()["id"]
    photo = [{"file_id": await live.upload("p-team1a"), "kind": "before_photo"}]
    body = {"evidence": photo}
    answer = await live.post("p-team1a", f"/v1/hazards/{number}/actions/confirm", body)
    assert answer.status_code == 200, answer.text
    log = (live.stack.data / "logs" / "worker.log").read_text(encoding="utf-8")
    [line] = [line for line in log.splitlines() if f'"{number}.2.1"' in line]
    told = json.loads(line)
    assert (told["event"], told["kind"], told["post"], told["late"]) == (
        "notice to a post",
        "work",
        "office",
        False,
    )
    assert "p-" not in line
