"""Logs a constant event name with fields from an allow-list, as JSON on stdout.

`get_logger().info("batch_applied", topic=..., count=...)`. A field that is not in `FIELDS` is dropped and
counted. An exception gives its class and where it came from, never its text: messages of databases and
parsers quote the data. Records of libraries pass the same filter: their template, without its values.
"""

import logging as stdlib
import sys
from types import TracebackType
from typing import Final, cast
from uuid import UUID

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from shared.telemetry import metrics, tracing

_SET_BY_PROCESSORS: Final = "event level timestamp service trace_id logger template where error stack"
_IDENTIFIERS: Final = (
    "event_id key_id source_id receipt_id obligation_id attempt_id sequence publisher type topic partition "
    "offset epoch group consumer_group cluster_id duty indicator "
    "chain number digest"
)
_ENUMERATED: Final = "channel fault result status reason state door route method kind peer signal"
_QUANTITIES: Final = "count batch attempt seconds age_seconds delay_seconds retry_in_seconds"
_LOCATIONS: Final = "host port database version revision pid exit_code"

FIELDS: Final = frozenset(
    " ".join((_SET_BY_PROCESSORS, _IDENTIFIERS, _ENUMERATED, _QUANTITIES, _LOCATIONS)).split()
)
_MAX_VALUE_LENGTH: Final = 200
_MAX_ITEMS: Final = 20


class _Process:
    service = "unnamed"


def configure(service_name: str) -> None:
    """Name this process, and log what libraries log and what nobody catches through the same filter."""
    _Process.service = service_name
    stdlib.basicConfig(handlers=[_LibraryHandler()], level=stdlib.WARNING, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = stdlib.getLogger(name)
        library.handlers.clear()
        # Requests are spans and metrics: uvicorn logs each one as long as its logger has a handler.
        library.propagate = name != "uvicorn.access"
    stdlib.getLogger("uvicorn.error").setLevel(stdlib.INFO)
    sys.excepthook = _log_uncaught


def get_logger() -> FilteringBoundLogger:
    """Return the logger of this process. Safe before `configure`: the service name is then "unnamed"."""
    logger = structlog.wrap_logger(None, processors=_PROCESSORS, wrapper_class=_FROM_INFO)
    return cast(FilteringBoundLogger, logger)


def keep_allowed_fields(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    """Drop and count every field outside `FIELDS`; shorten long values."""
    dropped = [name for name in fields if name not in FIELDS]
    if dropped:
        metrics.log_fields_dropped_total.inc(len(dropped))
    return {name: _loggable(value) for name, value in fields.items() if name in FIELDS}


def _loggable(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_loggable(item) for item in value[:_MAX_ITEMS]]
    if isinstance(value, str | UUID):
        return str(value)[:_MAX_VALUE_LENGTH]
    return type(value).__name__  # a struct or a mapping may hold anything


def _add_service(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    fields["service"] = _Process.service
    return fields


def _describe_error(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    given = fields.pop("exc_info", None)
    error = fields.get("error")
    if isinstance(given, BaseException):
        error = given
    elif isinstance(given, tuple):
        error = given[1]
    elif given:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        fields["error"] = type(error).__qualname__
        fields["stack"] = _frames(error.__traceback__)
    return fields


def _frames(traceback: TracebackType | None) -> list[str]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(
            f"{code.co_filename.rpartition('site-packages/')[2]}:{traceback.tb_lineno} {code.co_name}"
        )
        traceback = traceback.tb_next
    return frames[-_MAX_ITEMS:]


def _add_trace(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    traceparent = tracing.current_trace().get("traceparent")
    if traceparent is not None:
        fields["trace_id"] = traceparent.split("-")[1]
    return fields


_FROM_INFO: Final = structlog.make_filtering_bound_logger(stdlib.INFO)
_PROCESSORS: Final = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_service,
    _describe_error,
    _add_trace,
    keep_allowed_fields,
    structlog.processors.JSONRenderer(),
)


def _log_uncaught(_kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
    get_logger().critical("process_failed", exc_info=error)


class _LibraryHandler(stdlib.Handler):
    """Logs the records of libraries: the template without its values, or only where it was logged."""

    def emit(self, record: stdlib.LogRecord) -> None:
        # Without arguments the message may be a finished sentence with data in it; `where` finds it.
        # What uvicorn logs about itself at INFO is constant.
        constant = bool(record.args) or (record.name, record.levelno) == ("uvicorn.error", stdlib.INFO)
        fields: dict[str, object] = {"template": record.msg} if constant else {}
        get_logger().log(
            record.levelno,
            "library_log",
            logger=record.name,
            where=f"{record.module}:{record.lineno}",
            exc_info=record.exc_info or None,
            **fields,
        )
