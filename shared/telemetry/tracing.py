"""Spans that continue one trace from the establishment's POST to the message on a phone.

A `TraceContext` travels in Kafka headers and stands in ledger and obligation rows; `span(trace=...)`
continues it. Nothing records until `configure` ran with an exporter named in the environment
(`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_ZIPKIN_ENDPOINT`); a given context passes through all the
same. The sampler is the SDK's own choice from `OTEL_TRACES_SAMPLER`, parent-based by default. Errors are
recorded by class name only: the text of an exception may hold personal data.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Literal

from opentelemetry import trace as otel
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.events.envelope import TraceContext

Kind = Literal["internal", "server", "client", "producer", "consumer"]
AttributeValue = str | bool | int | float

_KINDS: Final[Mapping[Kind, SpanKind]] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_propagator: Final = TraceContextTextMapPropagator()


class _Recording:
    """The tracer of this process: one that records nothing, until configured."""

    provider: TracerProvider | None = None
    tracer: otel.Tracer = otel.NoOpTracer()


def configure(service_name: str, *, processors: Sequence[SpanProcessor] | None = None) -> None:
    """Start recording for this process; call in the process that serves, after any fork.

    `processors` replaces those that the environment names (tests). Without any, and when already
    configured, nothing changes.
    """
    if _Recording.provider is not None:
        return
    chosen = processors_from_environment() if processors is None else processors
    if not chosen:
        return
    resource = Resource.create({"service.name": service_name})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    for processor in chosen:
        provider.add_span_processor(processor)
    _Recording.provider = provider
    _Recording.tracer = provider.get_tracer("relais")


def shutdown() -> None:
    """Export what is still queued and stop recording; blocks for as long as the exporter's timeout."""
    provider, _Recording.provider = _Recording.provider, None
    _Recording.tracer = otel.NoOpTracer()
    if provider is not None:
        provider.shutdown()


def is_recording() -> bool:
    """Whether this process records at all; when not, a span only passes the given context through."""
    return _Recording.provider is not None


class _NotRecorded(AbstractContextManager[Span]):
    """A block of which nothing is recorded, and that passes no given context on."""

    def __enter__(self) -> Span:
        return otel.get_current_span()

    def __exit__(self, *_: object) -> None:
        return None


_NOT_RECORDED: Final = _NotRecorded()


def span(
    name: str,
    *,
    kind: Kind = "internal",
    trace: TraceContext | None = None,
    links: Sequence[TraceContext] = (),
    attributes: Mapping[str, AttributeValue] | None = None,
) -> AbstractContextManager[Span]:
    """Record what the block does, as a child of `trace`, or of the current span when that is None.

    An empty `trace` starts a new one: the cause was not traced.
    """
    if not trace and not is_recording():
        return _NOT_RECORDED
    return _recorded_span(name, kind=kind, trace=trace, links=links, attributes=attributes)


@contextmanager
def _recorded_span(
    name: str,
    *,
    kind: Kind,
    trace: TraceContext | None,
    links: Sequence[TraceContext],
    attributes: Mapping[str, AttributeValue] | None,
) -> Iterator[Span]:
    with _Recording.tracer.start_as_current_span(
        name,
        context=None if trace is None else _context_of(trace),
        kind=_KINDS[kind],
        attributes=attributes,
        links=[otel.Link(linked) for linked in map(_span_context_of, links) if linked.is_valid],
        record_exception=False,
        set_status_on_exception=False,
    ) as recorded:
        try:
            yield recorded
        except Exception as error:
            record_error(recorded, type(error).__name__)
            raise


@contextmanager
def outside_any_trace() -> Iterator[None]:
    """Inside the block no span is current: for work on many events together, each with its own context."""
    token = attach(Context())
    try:
        yield
    finally:
        detach(token)


def record_error(recorded: Span, error_type: str) -> None:
    """Mark a span as failed; `error_type` is a class name or a status code, never an error's text."""
    recorded.set_status(StatusCode.ERROR)
    recorded.set_attribute("error.type", error_type)


def current_trace() -> TraceContext:
    """The context to store or send with what is caused now; empty outside any trace."""
    carrier: TraceContext = {}
    _propagator.inject(carrier)
    return carrier


def _context_of(trace: TraceContext) -> Context:
    return _propagator.extract(trace, context=Context())


def _span_context_of(trace: TraceContext) -> otel.SpanContext:
    return otel.get_current_span(_context_of(trace)).get_span_context()


def processors_from_environment() -> list[SpanProcessor]:
    """A batch processor for every exporter whose endpoint the environment names."""
    processors: list[SpanProcessor] = []
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        processors.append(BatchSpanProcessor(OTLPSpanExporter()))
    if os.environ.get("OTEL_EXPORTER_ZIPKIN_ENDPOINT"):
        processors.append(BatchSpanProcessor(ZipkinExporter()))
    return processors
