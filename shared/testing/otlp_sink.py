"""Receives spans in a test: a server that takes OTLP over HTTP and keeps them in memory.

Give its `endpoint` to processes as `OTEL_EXPORTER_OTLP_ENDPOINT`. A killed process loses the spans that
it had not sent: traces explain, the database proves.
"""

import gzip
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

from shared.testing.spans import SpanRecord

_PATH: Final = "/v1/traces"


class OtlpSink:
    """The spans received so far; safe to ask from any thread."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._spans: list[SpanRecord] = []
        self._arrived = threading.Condition()

    def spans(self) -> list[SpanRecord]:
        """A copy, in the order of arrival."""
        with self._arrived:
            return list(self._spans)

    def wait_until(self, enough: Callable[[list[SpanRecord]], bool], *, timeout_seconds: float) -> bool:
        """Wait for spans until `enough` says so of all of them; whether it did in time."""
        with self._arrived:
            return self._arrived.wait_for(lambda: enough(self._spans), timeout_seconds)

    def clear(self) -> None:
        """Forget what was received."""
        with self._arrived:
            self._spans.clear()

    def receive(self, body: bytes) -> None:
        """Keep the spans of one export request; raises when it is none."""
        request = ExportTraceServiceRequest.FromString(body)
        received = [record for resource in request.resource_spans for record in _records(resource)]
        with self._arrived:
            self._spans.extend(received)
            self._arrived.notify_all()


@contextmanager
def running_sink(*, port: int = 0) -> Iterator[OtlpSink]:
    """Serve while the block runs, in a thread; port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    server.daemon_threads = True
    sink = OtlpSink(f"http://127.0.0.1:{server.server_port}")
    server.sink = sink  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="otlp-sink")
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path != _PATH:
            self.send_error(404)
            return
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.sink.receive(body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a test's output is its own."""


def _records(resource: ResourceSpans) -> Iterator[SpanRecord]:
    service = str(_attributes(resource.resource.attributes).get("service.name", ""))
    for scope in resource.scope_spans:
        for span in scope.spans:
            yield SpanRecord(
                trace_id=span.trace_id.hex(),
                span_id=span.span_id.hex(),
                parent_id=span.parent_span_id.hex(),
                name=span.name,
                kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                service=service,
                start_ns=span.start_time_unix_nano,
                end_ns=span.end_time_unix_nano,
                attributes=_attributes(span.attributes),
                links=[link.span_id.hex() for link in span.links],
                error=span.status.code == Status.STATUS_CODE_ERROR,
            )


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, str | bool | int | float]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> str | bool | int | float:
    kind = value.WhichOneof("value")
    if kind in {"string_value", "bool_value", "int_value", "double_value"}:
        simple: str | bool | int | float = getattr(value, kind)
        return simple
    return str(value)
