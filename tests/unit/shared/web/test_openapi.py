from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import msgspec
import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web.app import create_app
from shared.web.contract import Lines, describe
from shared.web.openapi.document import ContradictingSchemas, openapi, operations


class Bed(msgspec.Struct):
    number: int
    free_at: datetime | None = None


class Ward(msgspec.Struct):
    name: str
    beds: tuple[Bed, ...]


EXAMPLES = {"Two beds": {"name": "North", "beds": [{"number": 1}, {"number": 2}]}}


@asynccontextmanager
async def _never(_app: FastAPI) -> AsyncIterator[None]:
    raise AssertionError("a document was asked for, not a service")
    yield


def _document(router: APIRouter) -> dict[str, Any]:
    return openapi(create_app(title="test", lifespan=_never, routers=[router]))


@pytest.fixture
def document() -> dict[str, Any]:
    router = APIRouter()

    @router.post(
        "/v1/wards",
        **describe(
            "Create a ward",
            caller="operator",
            answers={201: Ward, 200: Ward},
            request=Ward,
            examples=EXAMPLES,
            problems=[409],
        ),
    )
    async def create_ward(_caller: Annotated[Principal, Depends(Permission("create_source"))]) -> Response:
        """Create one."""
        raise NotImplementedError

    @router.get(
        "/v1/wards/{name}",
        **describe(
            "Do something", caller="reader", answers={200: (Ward, "text/csv")}, query={"as_of": "When"}
        ),
    )
    async def read_ward(name: str) -> Response:
        raise NotImplementedError

    @router.delete("/v1/wards", **describe("Do something", caller="reader", answers={204: None}))
    async def close_wards() -> Response:
        raise NotImplementedError

    return _document(router)


def _media(operation: dict[str, Any], status: int) -> list[str]:
    return list(operation["responses"][str(status)].get("content", {}))


def test_a_route_shows_its_body_and_its_answers(document: dict[str, Any]) -> None:
    create = operations(document)["POST /v1/wards"]
    reference = {"$ref": "#/components/schemas/Ward"}
    examples = {"Two beds": {"value": EXAMPLES["Two beds"]}}
    taken = {"application/json": {"schema": reference, "examples": examples}}
    assert create["requestBody"]["content"] == taken
    assert create["responses"]["201"]["content"] == {"application/json": {"schema": reference}}
    assert (create["summary"], create["description"]) == ("Create a ward", "Create one.")
    assert create["operationId"] == "create_ward"


def test_operations_are_grouped_by_caller_with_a_description_of_each(document: dict[str, Any]) -> None:
    assert {tuple(operation["tags"]) for operation in operations(document).values()} == {
        ("operator",),
        ("reader",),
    }
    assert [tag["name"] for tag in document["tags"]] == ["reader", "operator"]
    assert all(tag["description"] for tag in document["tags"])


def test_lines_have_an_example_of_lines() -> None:
    router = APIRouter()

    @router.post(
        "/v1/beds",
        **describe(
            "Add beds",
            caller="operator",
            answers={200: Lines(Bed)},
            request=Lines(Bed),
            examples={"Two": [{"number": 1}, {"number": 2}]},
        ),
    )
    async def add_beds() -> Response:
        raise NotImplementedError

    [content] = operations(_document(router))["POST /v1/beds"]["requestBody"]["content"].values()
    assert content["examples"]["Two"]["value"] == '{"number":1}\n{"number":2}\n'


def test_problems_are_shown_where_they_can_happen(document: dict[str, Any]) -> None:
    found = operations(document)
    expected = {"200", "201", "401", "403", "409", "413", "422", "503"}
    assert set(found["POST /v1/wards"]["responses"]) == expected
    assert set(found["GET /v1/wards/{name}"]["responses"]) == {"200", "422", "503"}
    assert set(found["DELETE /v1/wards"]["responses"]) == {"204", "503"}
    assert _media(found["POST /v1/wards"], 409) == ["application/problem+json"]


def test_a_choice_of_bodies_and_an_empty_one_are_shown(document: dict[str, Any]) -> None:
    found = operations(document)
    assert _media(found["GET /v1/wards/{name}"], 200) == ["application/json", "text/csv"]
    assert _media(found["DELETE /v1/wards"], 204) == []


def test_parameters_that_a_route_reads_itself_stand_beside_those_of_its_signature(
    document: dict[str, Any],
) -> None:
    parameters = operations(document)["GET /v1/wards/{name}"]["parameters"]
    assert [(one["in"], one["name"]) for one in parameters] == [("path", "name"), ("query", "as_of")]


def test_only_routes_with_a_key_ask_for_one(document: dict[str, Any]) -> None:
    found = operations(document)
    assert found["POST /v1/wards"]["security"] == [{"key": []}]
    assert "security" not in found["DELETE /v1/wards"]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_the_types_are_components_with_their_moments(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert set(schemas) == {"Bed", "FieldError", "ProblemDetails", "Ward"}
    assert {"type": "string", "format": "date-time"} in schemas["Bed"]["properties"]["free_at"]["anyOf"]


def test_health_and_metrics_are_not_part_of_the_contract(document: dict[str, Any]) -> None:
    assert not {"/health", "/ready", "/metrics"} & set(document["paths"])


def test_two_types_of_one_name_contradict_each_other() -> None:
    def other() -> type[msgspec.Struct]:
        return msgspec.defstruct("Ward", [("street", str)])

    router = APIRouter()

    @router.get("/v1/one", **describe("Do something", caller="reader", answers={200: Ward}))
    async def one() -> Response:
        raise NotImplementedError

    @router.get("/v1/other", **describe("Do something", caller="reader", answers={200: other()}))
    async def another() -> Response:
        raise NotImplementedError

    with pytest.raises(ContradictingSchemas, match="Ward"):
        _document(router)
