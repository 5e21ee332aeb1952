"""Declares what a route does, takes and answers, so that the OpenAPI document knows its msgspec types.

Routes answer with raw responses, so FastAPI cannot see their types. `describe` declares them; the components
that the schemas refer to travel in `COMPONENTS` of each operation until `shared.web.openapi.document` lifts
them into the document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from shared.web.openapi.callers import Caller
from shared.web.openapi.schemas import REFERENCE, schemas_of
from shared.web.problems import MEDIA_TYPE, FieldError, phrase

COMPONENTS: Final = "x-components"
NDJSON: Final = "application/x-ndjson"

EXAMPLE_MOMENT: Final = "2026-11-28T09:30:00Z"
"""The present in an example; the page that shows the document puts the real one in its place."""


@dataclass(frozen=True)
class Lines:
    """A body of many structs, each as JSON on a line of its own (NDJSON)."""

    of: type[msgspec.Struct]


Body = type[msgspec.Struct] | Lines | str
"""A struct, as JSON, many of them, or a media type such as `text/csv`."""


class ProblemDetails(msgspec.Struct, frozen=True):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldError] = []


def describe(
    summary: str,
    *,
    caller: Caller,
    answers: Mapping[int, Body | Sequence[Body] | None],
    request: Body | None = None,
    examples: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    problems: Sequence[int] = (),
) -> dict[str, Any]:
    """Keyword arguments for a route decorator, such as `@router.get(path, **describe("Read a thing", ...))`.

    An answer has one body, a choice of several, or none. `examples` are requests by name; one of NDJSON is a
    list. `query` are parameters that the route reads itself, with their meaning; FastAPI finds the others in
    its signature. `problems` are the statuses of the route's own; 401, 403, 413, 422 and 503 are added to the
    document where they can happen. The function's name is the operation's id, its docstring the description.
    """
    bodies = {status: _bodies(answer) for status, answer in answers.items()}
    declared = [body for choice in bodies.values() for body in choice] + ([request] if request else [])
    structs = [body.of if isinstance(body, Lines) else body for body in declared if not isinstance(body, str)]
    schema_of, components = schemas_of([ProblemDetails, *structs])
    responses: dict[int | str, dict[str, Any]] = {
        status: _response(status, content=_content(choice, schema_of)) for status, choice in bodies.items()
    }
    for status in problems:
        responses[status] = problem_response(status)
    extra: dict[str, Any] = {COMPONENTS: components}
    if request is not None:
        extra["requestBody"] = {"required": True, "content": _content((request,), schema_of, examples)}
    if query:
        extra["parameters"] = [
            {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
            for name, meaning in query.items()
        ]
    return {
        "summary": summary,
        "tags": [caller],
        "responses": responses,
        "status_code": min(answers),
        "response_model": None,
        "openapi_extra": extra,
    }


def problem_response(status: int) -> dict[str, Any]:
    """A response of the document that is a problem."""
    schema = {"$ref": REFERENCE.format(name=ProblemDetails.__name__)}
    return _response(status, content={MEDIA_TYPE: {"schema": schema}})


def _response(status: int, *, content: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {"description": phrase(status)}
    return {**response, "content": content} if content else response


def _bodies(answer: Body | Sequence[Body] | None) -> Sequence[Body]:
    if answer is None:
        return ()
    return (answer,) if isinstance(answer, type | Lines | str) else answer


def _content(
    choice: Sequence[Body],
    schema_of: Mapping[type[msgspec.Struct], dict[str, Any]],
    examples: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for body in choice:
        if isinstance(body, str):
            content[body] = {"schema": {"type": "string"}}
        elif isinstance(body, Lines):
            content[NDJSON] = {"schema": {**schema_of[body.of], "description": "Of each line"}}
        else:
            content["application/json"] = {"schema": schema_of[body]}
        if examples:
            lines = isinstance(body, Lines)
            type_ = body if isinstance(body, str) else NDJSON if lines else "application/json"
            content[type_]["examples"] = {
                name: {"value": _lines_of(example) if lines else example}
                for name, example in examples.items()
            }
    return content


def _lines_of(examples: Sequence[Any]) -> str:
    return "".join(msgspec.json.encode(one).decode() + "\n" for one in examples)
