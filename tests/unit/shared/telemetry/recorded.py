"""The spans that one test recorded, in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry import tracing


class RecordedSpans:
    """The finished spans, oldest first."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def all(self) -> Sequence[ReadableSpan]:
        return self._exporter.get_finished_spans()

    def named(self, name: str) -> ReadableSpan:
        [span] = [span for span in self.all() if span.name == name]
        return span


@contextmanager
def recording() -> Iterator[RecordedSpans]:
    """Record while the block runs."""
    exporter = InMemorySpanExporter()
    tracing.configure("test", processors=[SimpleSpanProcessor(exporter)])
    try:
        yield RecordedSpans(exporter)
    finally:
        tracing.shutdown()
