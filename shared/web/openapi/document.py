"""The OpenAPI document of an application: FastAPI's, with the types that only msgspec knows."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from fastapi import FastAPI

from shared.runtime.errors import RelaisError
from shared.web.contract import COMPONENTS, problem_response
from shared.web.openapi.callers import CALLERS

_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
_ABOUT_EVERY_SERVICE: Final = """\
Operations are grouped by who calls them. A key goes into `Authorization: Bearer ...`; what it may not see
looks like what does not exist. An error is a problem document (RFC 9457) that names every wrong field at
once; 503 asks to come again after `Retry-After`. The header `traceresponse` names the trace of a request."""


class ContradictingSchemas(RelaisError):  # noqa: N818
    """Two different types of one service have the same name in its document."""


@lru_cache(maxsize=16)
def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application, made once and changed by nobody; opens nothing."""
    document = app.openapi()
    schemas: dict[str, Any] = {}
    for operation in operations(document).values():
        _lift_components(operation, schemas)
        _complete_responses(operation, _implied(operation))
    for operation in operations(document, "webhooks").values():
        _lift_components(operation, schemas)
        _complete_responses(operation, ())
    components = document.setdefault("components", {})
    components["schemas"] = dict(sorted(schemas.items()))
    document["info"]["description"] = "\n\n".join(filter(None, (app.description, _ABOUT_EVERY_SERVICE)))
    document["tags"] = _tags(document)
    return document


def operations(document: dict[str, Any], section: str = "paths") -> dict[str, dict[str, Any]]:
    """`GET /v1/things` -> what the document says of it; `webhooks` are those that the service calls."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in document.get(section, {}).items()
        for method, operation in item.items()
        if method in _METHODS
    }


def _tags(document: dict[str, Any]) -> list[dict[str, str]]:
    used = {tag for operation in operations(document).values() for tag in operation.get("tags", ())}
    return [{"name": caller, "description": text} for caller, text in CALLERS.items() if caller in used]


def _lift_components(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for name, schema in operation.pop(COMPONENTS, {}).items():
        if schemas.setdefault(name, schema) != schema:
            raise ContradictingSchemas(name)


def _complete_responses(operation: dict[str, Any], implied: Iterable[int]) -> None:
    responses = operation["responses"]
    for response in responses.values():
        # FastAPI assumes JSON of any kind where it sees no type.
        content = response.get("content", {})
        declared = {media: body for media, body in content.items() if body.get("schema")}
        response.pop("content", None)
        if declared:
            response["content"] = declared
    for status in implied:
        responses[str(status)] = problem_response(status)
    operation["responses"] = dict(sorted(responses.items()))


def _implied(operation: dict[str, Any]) -> list[int]:
    implied = [503]
    if operation.get("security"):
        implied += [401, 403]
    if "requestBody" in operation:
        implied += [413, 422]
    elif any(parameter["in"] != "header" for parameter in operation.get("parameters", ())):
        implied += [422]
    return implied
