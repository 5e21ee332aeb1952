"""The committed documents say what the code does; if not: `make documents`, and read the difference."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from shared.documents.all import all_documents, applications
from shared.documents.asyncapi import asyncapi
from shared.documents.event_schemas import event_schemas
from shared.events.registry import PAYLOADS, TOPICS
from shared.spine.records import cloud_events
from shared.web.openapi.callers import CALLERS
from shared.web.openapi.document import openapi, operations

FOLDER = Path(__file__).parents[2] / "docs" / "contracts"
APIS = {service: openapi(app) for service, app in applications()}
OPERATIONS = {
    f"{service} {name}": operation
    for service, document in APIS.items()
    for name, operation in operations(document).items()
}


def test_the_committed_documents_are_those_of_the_code() -> None:
    committed = {str(file.relative_to(FOLDER)): file.read_text() for file in sorted(FOLDER.rglob("*.json"))}
    generated = all_documents()
    assert committed.keys() == generated.keys()
    assert [name for name, text in generated.items() if committed[name] != text] == []


@pytest.mark.parametrize("document", [asyncapi(), *APIS.values()], ids=["asyncapi", *APIS])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert [ref for ref in _references(document) if _resolve(document, ref) is None] == []


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [ref for child in node.values() for ref in _references(child)]
    if isinstance(node, list):
        return [ref for child in node for ref in _references(child)]
    return []


def _resolve(document: dict[str, Any], reference: str) -> object:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node.get(step) if isinstance(node, dict) else None
    return node


@pytest.mark.parametrize("type_", PAYLOADS)
def test_an_events_schema_is_a_schema_and_says_how_moments_look(type_: str) -> None:
    schema = event_schemas()[type_]
    Draft202012Validator.check_schema(schema)
    for definition in schema["$defs"].values():
        for name, property_ in definition["properties"].items():
            if name.endswith("_at"):
                assert "date-time" in str(property_), name


@pytest.mark.parametrize("service", APIS)
def test_an_apis_moments_are_said_to_be_moments(service: str) -> None:
    unsaid = [
        f"{schema}.{name}"
        for schema, described in APIS[service]["components"]["schemas"].items()
        for name, property_ in described.get("properties", {}).items()
        if name.endswith("_at") and "date-time" not in str(property_)
    ]
    assert unsaid == []


def test_each_topic_carries_each_of_its_types_once() -> None:
    channels = asyncapi()["channels"]
    assert {channel["address"] for channel in channels.values()} == set(TOPICS.values())
    messages = [f"relais.{name}" for channel in channels.values() for name in channel["messages"]]
    assert sorted(messages) == sorted(PAYLOADS)


def test_the_documented_headers_are_those_on_the_wire() -> None:
    headers = asyncapi()["components"]["schemas"]["Headers"]
    required = {name for name in headers["required"] if name.startswith("ce_")}
    source = Path(cloud_events.__file__).read_text()
    assert [name for name in required if f'"{name}"' not in source] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_it_answers_and_how_it_fails(name: str) -> None:
    operation = OPERATIONS[name]
    answers = {int(status): answer for status, answer in operation["responses"].items()}
    assert any(status < 300 for status in answers)
    undeclared = [
        status for status, answer in answers.items() if status not in {204, 302} and "content" not in answer
    ]
    assert undeclared == []
    assert 503 in answers


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.split()[1] in {"POST", "PUT"}])
def test_an_operation_that_changes_something_declares_what_it_takes(name: str) -> None:
    operation = OPERATIONS[name]
    taken = operation.get("requestBody", {}).get("content") or operation.get("parameters")
    assert taken, "declare it by shared.web.contract.describe(request=...)"


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_needs_a_key_or_a_capability(name: str) -> None:
    operation = OPERATIONS[name]
    parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
    assert operation.get("security") or "token" in parameters


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_it_does_and_for_whom(name: str) -> None:
    operation = OPERATIONS[name]
    [caller] = operation["tags"]
    assert caller in CALLERS
    assert " " in operation["summary"]
    assert operation["summary"] != operation["operationId"].replace("_", " ").title()
    assert operation["description"]


@pytest.mark.parametrize("service", APIS)
def test_the_id_of_an_operation_is_its_own(service: str) -> None:
    ids = [operation["operationId"] for operation in operations(APIS[service]).values()]
    assert len(ids) == len(set(ids))
    assert APIS[service]["info"]["description"]


@pytest.mark.parametrize(("service", "app"), list(applications()))
async def test_a_service_serves_its_document_and_a_page_to_try_it(service: str, app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{service}") as client:
        document = await client.get("/openapi.json")
        page = await client.get("/docs")
    assert document.json() == json.loads((FOLDER / "openapi" / f"{service}.json").read_text())
    assert f"<title>Relais {service}</title>" in page.text
