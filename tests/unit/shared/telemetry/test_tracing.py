import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.zipkin.json import ZipkinExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from shared.telemetry import tracing
from tests.unit.shared.telemetry.recorded import recording

STORED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b"}


def test_there_is_no_trace_outside_of_one() -> None:
    assert tracing.current_trace() == {}


def test_without_an_exporter_nothing_records_and_the_given_context_passes_through() -> None:
    with tracing.span("anything", trace=STORED) as span:
        assert not span.is_recording()
        assert tracing.current_trace() == STORED


def test_without_an_exporter_in_the_environment_configuring_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("OTLP_ENDPOINT", "OTLP_TRACES_ENDPOINT", "ZIPKIN_ENDPOINT"):
        monkeypatch.delenv(f"OTEL_EXPORTER_{name}", raising=False)
    tracing.configure("test")
    with tracing.span("anything") as span:
        assert not span.is_recording()


@pytest.mark.parametrize(
    ("variable", "exporter"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", OTLPSpanExporter),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", OTLPSpanExporter),
        ("OTEL_EXPORTER_ZIPKIN_ENDPOINT", ZipkinExporter),
    ],
)
def test_the_environment_names_the_exporter(
    monkeypatch: pytest.MonkeyPatch, variable: str, exporter: type[SpanExporter]
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    [processor] = tracing.processors_from_environment()
    assert isinstance(processor, BatchSpanProcessor)
    assert isinstance(processor.span_exporter, exporter)
    processor.shutdown()  # type: ignore[no-untyped-call]


def test_a_stored_context_is_continued() -> None:
    with recording() as spans, tracing.span("effect", kind="consumer", trace=STORED):
        pass
    effect = spans.named("effect")
    assert effect.kind is SpanKind.CONSUMER
    assert effect.context is not None
    assert effect.parent is not None
    assert f"{effect.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert f"{effect.parent.span_id:016x}" == "b7ad6b7169203331"


def test_a_span_is_a_child_of_the_current_one() -> None:
    with recording() as spans, tracing.span("outer"), tracing.span("inner"):
        pass
    assert spans.named("inner").parent == spans.named("outer").context


def test_a_cause_that_was_not_traced_starts_a_new_trace_even_inside_another() -> None:
    with recording() as spans, tracing.span("batch"), tracing.span("event", trace={}):
        pass
    assert spans.named("event").parent is None


def test_what_is_stored_inside_a_span_continues_it() -> None:
    with recording() as spans:
        with tracing.span("cause"):
            stored = tracing.current_trace()
        with tracing.span("effect", trace=stored):
            pass
    cause, parent = spans.named("cause").context, spans.named("effect").parent
    assert cause is not None
    assert parent is not None
    assert (parent.trace_id, parent.span_id) == (cause.trace_id, cause.span_id)


def test_links_name_other_traces_and_skip_what_was_not_traced() -> None:
    with recording() as spans, tracing.span("batch", links=[STORED, {}]):
        pass
    [link] = spans.named("batch").links
    assert f"{link.context.span_id:016x}" == "b7ad6b7169203331"


def test_a_trace_that_is_not_sampled_stays_so() -> None:
    not_sampled = {"traceparent": STORED["traceparent"].removesuffix("01") + "00"}
    with recording() as spans, tracing.span("effect", trace=not_sampled):
        stored = tracing.current_trace()
    assert spans.all() == ()
    assert stored["traceparent"].endswith("-00")


def test_an_error_is_recorded_by_its_class_and_never_by_its_text() -> None:
    with recording() as spans, pytest.raises(ValueError, match="Dupont"), tracing.span("failing"):
        raise ValueError("Jeanne Dupont")
    failing = spans.named("failing")
    assert failing.status.status_code is StatusCode.ERROR
    assert failing.attributes == {"error.type": "ValueError"}
    assert "Dupont" not in failing.to_json()


def test_configuring_twice_keeps_the_first() -> None:
    with recording() as spans:
        tracing.configure("again", processors=[])
        with tracing.span("seen"):
            pass
    assert len(spans.all()) == 1
