"""Passwords, codes, tokens and links of a whole run: in no log, no answer to an error, no history and no table."""

import json
import uuid
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from adapters.postgres.accounts import PostgresAccounts
from adapters.postgres.database import Database
from tests import harness
from tests.api.live import Live

WRONG, FIRST, SECOND = "Wu-tong 3 hao yuan", "Hai-tang 7 hao lou", "Yu-lan 9 hao lou"


@pytest.fixture(scope="module")
async def told(live: Live) -> dict[str, str]:
    """Everything secret that a run says or is told, by what it is; a person and an outsider do what they may."""
    secrets = {"wrong password": WRONG, "first password": FIRST, "second password": SECOND}
    url = live.settings.database_url.get_secret_value()
    async with Database.opened(url, size=1, timeout=10) as database:
        await _known(database)
        accounts, day = PostgresAccounts(database), timedelta(days=1)
        async with database.transaction() as connection:
            _, secrets["code"] = await accounts.invite(connection, "p-secret", None, datetime.now(UTC), day)
    await _comes_in(live, secrets)
    await _goes_wrong(live, secrets)
    await _lets_somebody_in(live, secrets)
    return secrets


async def _known(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("INSERT INTO people (id, name) VALUES ('p-secret', '示例人员')")


async def _comes_in(live: Live, secrets: dict[str, str]) -> None:
    set_up = {"code": secrets["code"], "password": FIRST}
    assert (await live.http.post("/v1/passwords", json=set_up)).status_code == 204
    assert (await _sign_in(live, WRONG)).status_code == 401
    here = (await _sign_in(live, FIRST)).json()
    secrets |= {what: here[what] for what in ("access_token", "refresh_token", "device_token")}
    shown = {"refresh_token": here["refresh_token"]}
    again = (await live.http.post("/v1/tokens", json=shown)).json()
    secrets |= {"second access token": again["access_token"], "second refresh token": again["refresh_token"]}
    bearer = {"Authorization": f"Bearer {again['access_token']}"}
    change = {"current": FIRST, "password": SECOND}
    assert (await live.http.put("/v1/me/password", json=change, headers=bearer)).status_code == 204
    assert (await live.http.delete("/v1/me/session", headers=bearer)).status_code == 204


async def _goes_wrong(live: Live, secrets: dict[str, str]) -> None:
    """Requests that are refused for their form, with the secrets in every place where they may be misplaced."""
    for body in (
        {"login": FIRST},
        {"login": "p-secret", "password": [FIRST]},
        {FIRST: SECOND},
        [FIRST],
        FIRST,
    ):
        answer = await live.http.post("/v1/sessions", json=body)
        assert answer.status_code == 422
        assert FIRST not in answer.text
    raw = await live.http.post("/v1/sessions", content=f'{{"password": "{FIRST}"', headers=_JSON)
    assert raw.status_code == 400
    for address in (f"/v1/sessions?password={WRONG}", f"/v1/hazards?token={secrets['access_token']}"):
        answer = await live.http.post(address, json={}, headers=live.headers("p-office"))
        assert answer.status_code >= 400
    mistaken = await live.http.post("/v1/sessions", json={"login": SECOND, "password": "p-secret"})
    assert mistaken.status_code == 401


async def _lets_somebody_in(live: Live, secrets: dict[str, str]) -> None:
    secrets["case"] = (await live.report()).json()["id"]
    path = f"/v1/hazards/{secrets['case']}/links"
    issued = (await live.post("p-team1a", path, {"purpose": "施工单位", "hours": 2})).json()
    secrets |= {"link": issued["token"], "signature of the link": issued["token"].split(".")[2]}
    keyed = {"Authorization": f"Bearer {issued['token']}", "Idempotency-Key": uuid.uuid4().hex}
    files = {"file": ("photo.jpg", harness.photo("navy"))}
    photo = await live.http.post("/v1/link/files", headers=keyed, files=files)
    assert photo.status_code == 201, photo.text
    body = {"note": "已到场", "files": [photo.json()["id"]]}
    keyed["Idempotency-Key"] = uuid.uuid4().hex
    assert (await live.http.post("/v1/link/comments", headers=keyed, json=body)).status_code == 201


def _secret(told: dict[str, str]) -> dict[str, str]:
    return {what: value for what, value in told.items() if what != "case"}


async def test_no_secret_is_in_any_log_of_any_process(live: Live, told: dict[str, str]) -> None:
    logs = {path.name: path.read_text(errors="replace") for path in (live.stack.data / "logs").glob("*")}
    assert "api.log" in logs
    found = [
        (name, what) for name, text in logs.items() for what, one in _secret(told).items() if one in text
    ]
    assert found == []


async def test_no_secret_is_in_any_table(live: Live, told: dict[str, str]) -> None:
    owner = await asyncpg.connect(live.stack.owner_url)
    try:
        tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [
            (table["tablename"], str(row["row"]))
            for table in tables
            for row in await owner.fetch(f'SELECT t::text AS row FROM "{table["tablename"]}" AS t')  # noqa: S608
        ]
    finally:
        await owner.close()
    assert any("p-secret" in text for _, text in rows)
    assert [(name, what) for name, text in rows for what, one in _secret(told).items() if one in text] == []


async def test_no_secret_is_in_the_history_that_the_engine_keeps(live: Live, told: dict[str, str]) -> None:
    history = await live.client.get_workflow_handle(told["case"]).fetch_history()
    text = json.dumps(_opened(history.to_json_dict()), ensure_ascii=False)
    assert "已到场" in text, "the comment is in it, so what stands in payloads is seen"
    assert [what for what, one in _secret(told).items() if one in text] == []


def _opened(value: Any) -> Any:
    """A history with its payloads as text."""
    if isinstance(value, dict):
        return {name: _text(part) if name == "data" else _opened(part) for name, part in value.items()}
    return [_opened(one) for one in value] if isinstance(value, list) else value


def _text(data: Any) -> Any:
    return b64decode(data).decode("utf-8", "replace") if isinstance(data, str) else _opened(data)


async def _sign_in(live: Live, password: str):  # type: ignore[no-untyped-def]
    return await live.http.post("/v1/sessions", json={"login": "p-secret", "password": password})


_JSON = {"Content-Type": "application/json"}
