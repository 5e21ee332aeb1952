"""What does an error look like? RFC 9457 problem details, without the values that caused it.

A request may hold personal data, so no text here quotes it: problems say where and what was expected.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


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
        self.title = title or HTTPStatus(status).phrase
        self.problem_detail = detail
        self.errors = tuple(errors)
        self.extensions = dict(extensions or {})

    def __str__(self) -> str:
        return f"{self.status_code} {self.title}"


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
