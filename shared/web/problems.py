"""Errors as RFC 9457 problem details, without the values that caused them.

A request may hold personal data, so no text here quotes it: problems say where and what was expected.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 5
# RFC 7231's words; http.HTTPStatus changed these two in Python 3.13, and a title is part of the contract.
_PHRASES: Final = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}


def phrase(status: int) -> str:
    """What a status of HTTP is called, the same under every Python."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


class FieldError(msgspec.Struct, frozen=True):
    """One thing that is wrong with a request."""

    pointer: str
    """JSON pointer into the body, such as `/person/identifiers/0/value`; `/query/limit` for a parameter."""
    detail: str


class Problem(HTTPException):
    """The request ends with this answer; raise it from anywhere below a route."""

    def __init__(
        self,
        status: int,
        title: str | None = None,
        *,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        extensions: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status_code=status, headers=headers)
        self.title = title or phrase(status)
        self.problem_detail = detail
        self.errors = tuple(errors)
        self.extensions = dict(extensions or {})

    def __str__(self) -> str:
        return f"{self.status_code} {self.title}"


def service_unavailable() -> Problem:
    """503 with `Retry-After`, in seconds."""
    return Problem(503, headers={"retry-after": str(RETRY_AFTER_SECONDS)})


def response_of(problem: Problem) -> Response:
    """The problem as it goes over the wire."""
    body: dict[str, object] = {"type": "about:blank", "title": problem.title, "status": problem.status_code}
    if problem.problem_detail is not None:
        body["detail"] = problem.problem_detail
    if problem.errors:
        body["errors"] = problem.errors
    body.update(problem.extensions)
    return Response(
        msgspec.json.encode(body), problem.status_code, headers=problem.headers, media_type=MEDIA_TYPE
    )
