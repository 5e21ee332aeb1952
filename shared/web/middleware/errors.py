"""Turns every exception into a problem document that reveals nothing of what caused it."""

from typing import Final, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.failures import is_transient
from shared.telemetry import logging, metrics
from shared.web.pointers import pointer_of
from shared.web.problems import FieldError, Problem, response_of, service_unavailable
from shared.web.responses import ClientTooSlow

_log = logging.get_logger()
HUNG_UP: Final = 499
"""Status of a request whose client went away before it had sent the whole of it."""
_SENTENCES: Final = {
    "missing": "required",
    "uuid_parsing": "expected a UUID",
    "int_parsing": "expected a whole number",
    "date_from_datetime_parsing": "expected a date such as 2026-03-01",
    "datetime_from_date_parsing": "expected a time such as 2026-03-01T12:00:00Z",
}
"""What is said about a parameter, by the framework's name of the error; others are said by that name."""


def answer_with_problems(app: FastAPI) -> None:
    """Replace the framework's own error bodies."""
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(RequestValidationError, _answer_validation_error)


async def _answer_http_exception(_request: Request, error: Exception) -> Response:
    if isinstance(error, Problem):
        return response_of(error)
    raised = cast(HTTPException, error)
    return response_of(Problem(raised.status_code, headers=raised.headers))


async def _answer_validation_error(_request: Request, error: Exception) -> Response:
    found = cast(RequestValidationError, error).errors()
    # Only the kind of each error: its message may quote the value.
    errors = [FieldError(pointer_of(one["loc"]), _sentence(one["type"])) for one in found]
    return response_of(Problem(422, "The request is not valid", errors=errors))


def _sentence(kind: str) -> str:
    return _SENTENCES.get(kind) or kind.replace("_", " ")


class UnhandledErrors:
    """ASGI middleware: an exception that no handler took becomes 503 or 500, logged without its text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting_start)
        except ClientDisconnect:
            # Nobody reads it; the telemetry around this does. It is no error of ours.
            if not started:
                await send({"type": "http.response.start", "status": HUNG_UP, "headers": []})
                await send({"type": "http.response.body"})
        except ClientTooSlow:
            _log.warning("answer_not_read")
            raise  # the server closes the connection
        except Exception as error:
            problem = service_unavailable() if is_transient(error) else Problem(500)
            metrics.http_errors_total.labels(type(error).__name__).inc()
            _log.error("request_failed", status=problem.status_code, exc_info=error)
            if started:
                raise  # the answer is cut off; the server closes the connection
            await response_of(problem)(scope, receive, send)
