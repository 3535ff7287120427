"""The published document: the same as the served one, complete, in Chinese, with examples that hold."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.core.result import Ok

from domain.hazard import TRANSITIONS, Action, Stage
from services.api.main import document
from services.api.routers.actions import BODIES
from tests.api.live import Json, Live

PUBLISHED = Path(__file__).parents[2] / "docs" / "openapi.json"
OPEN = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/v1/passwords"),
    ("post", "/v1/passwords"),
    ("post", "/v1/sessions"),
    ("post", "/v1/tokens"),
}
UNKEYED = OPEN | {("put", "/v1/me/password")}
"""Whose bodies and answers hold secrets, so that neither is kept."""
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def published() -> Json:
    told: Json = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return told


def _operations(published: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in published["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


async def test_the_published_document_is_the_served_one(live: Live, published: Json) -> None:
    answer = await live.http.get("/openapi.json")
    assert answer.json() == published, "make openapi"
    assert document() == published


def test_the_document_is_sound_and_every_reference_in_it_leads_somewhere(published: Json) -> None:
    assert published["openapi"].startswith("3.1")
    schema = schemathesis.openapi.from_dict(published)
    assert not list(schema.validate() or ())
    assert all(isinstance(operation, Ok) for operation in schema.get_all_operations())
    assert len(list(schema.get_all_operations())) == len(list(_operations(published)))
    for reference in re.findall(r'"\$ref": "(#[^"]+)"', json.dumps(published)):
        target: Any = published
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        assert target


def test_everything_in_the_document_has_words_in_chinese(published: Json) -> None:
    silent = [name for name, schema in published["components"]["schemas"].items() if not _speaks(schema)]
    for name, schema in published["components"]["schemas"].items():
        silent += [
            f"{name}.{field}" for field, form in schema.get("properties", {}).items() if not _speaks(form)
        ]
    for method, path, operation in _operations(published):
        where = f"{method} {path}"
        silent += [] if _speaks(operation) and HAN.search(operation["summary"]) else [where]
        silent += [f"{where} {p['name']}" for p in operation.get("parameters", []) if not _speaks(p)]
        silent += [
            f"{where} {status}"
            for status, answer in operation["responses"].items()
            if not _speaks(_at(published, answer))
        ]
    assert silent == []


def _speaks(part: Json) -> bool:
    return bool(HAN.search(part.get("description", "")))


def _at(published: Json, part: Json) -> Json:
    """The part itself, or what it refers to."""
    if "$ref" not in part:
        return part
    found: Any = published
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    told: Json = found
    return told


def test_every_body_has_an_example_that_its_own_schema_accepts(published: Json) -> None:
    for method, path, operation in _operations(published):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type != "application/json":
                continue
            schema = _at(published, content["schema"])
            assert schema["examples"], f"{method} {path}"
            checker = jsonschema_rs.Draft202012Validator({**schema, "components": published["components"]})
            for example in schema["examples"]:
                checker.validate(example)


@pytest.mark.parametrize("action", Action)
def test_the_example_of_an_action_is_one_that_the_server_takes(action: Action) -> None:
    model = BODIES[action]
    extra = model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples = extra["examples"]
    assert isinstance(examples, list)
    for example in examples:
        model.model_validate(example)


def test_every_operation_behind_a_token_says_so_and_names_every_problem_it_may_answer(
    published: Json,
) -> None:
    reads, sends = {"401", "422", "429", "503"}, {"400", "401", "413", "415", "422", "429", "503"}
    for method, path, operation in _operations(published):
        if (method, path) in OPEN:
            assert "security" not in operation
            continue
        assert operation["security"] == [{"HTTPBearer": []}]
        wanted = sends if method == "post" else reads
        wanted = wanted | ({"403", "409"} if path.startswith("/v1/hazards") and method == "post" else set())
        wanted = wanted | ({"404"} if "{" in path else set())
        assert wanted <= set(operation["responses"]), f"{method} {path}"


def test_every_answer_names_the_headers_it_carries(published: Json) -> None:
    for method, path, operation in _operations(published):
        for status, answer in operation["responses"].items():
            headers = _at(published, answer)["headers"]
            assert "X-Request-Id" in headers, f"{method} {path} {status}"
            assert ("WWW-Authenticate" in headers) == (status == "401")
            assert ("Retry-After" in headers) == (status in ("429", "503") and path != "/readyz")
            keyed = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))
            assert keyed == (method in ("post", "put") and (method, path) not in UNKEYED)
            if keyed and status in ("200", "201", "202", "409"):
                assert "Idempotency-Replayed" in headers, f"{method} {path} {status}"


def test_a_report_links_to_itself_its_record_and_every_act_that_is_legal_next(published: Json) -> None:
    links = published["paths"]["/v1/hazards"]["post"]["responses"]["201"]["links"]
    legal = {action.value for stage, action in TRANSITIONS if stage is Stage.REPORTED}
    assert set(links) == {"get", "timeline"} | legal
    assert all(link["parameters"] == {"hazard_id": "$response.body#/id"} for link in links.values())


def test_every_link_leads_to_an_operation_and_a_parameter_that_exist(published: Json) -> None:
    operations = {operation["operationId"]: operation for _, _, operation in _operations(published)}
    count = 0
    for method, path, operation in _operations(published):
        for answer in operation["responses"].values():
            for link in _at(published, answer).get("links", {}).values():
                target = operations[link["operationId"]]
                names = {parameter["name"] for parameter in target.get("parameters", [])}
                assert set(link.get("parameters", {})) <= names, f"{method} {path}"
                count += 1
    assert count > 100
