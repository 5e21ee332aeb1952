import gzip
import urllib.error
import urllib.request

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from shared.telemetry import tracing
from shared.testing.otlp_sink import OtlpSink, running_sink
from shared.testing.trace_checker import flaws


def _record_into(sink: OtlpSink) -> None:
    exporter = OTLPSpanExporter(f"{sink.endpoint}/v1/traces")
    tracing.configure("admission", processors=[SimpleSpanProcessor(exporter)])
    try:
        with tracing.span("POST", kind="server"):
            linked = tracing.current_trace()
            with tracing.span("commit", attributes={"count": 3, "late": False}, links=[linked]):
                pass
        with pytest.raises(ValueError, match="no"), tracing.span("failing"):
            raise ValueError("no")
    finally:
        tracing.shutdown()


def test_what_the_platform_exports_arrives_whole() -> None:
    with running_sink() as sink:
        _record_into(sink)
        assert sink.wait_until(lambda spans: len(spans) == 3, timeout_seconds=10)
        commit, post, failing = sink.spans()
    assert flaws([post, commit], mandatory=[("admission", "POST"), ("admission", "commit")]) == []
    assert (post["kind"], post["service"]) == ("server", "admission")
    assert commit["parent_id"] == post["span_id"]
    assert commit["links"] == [post["span_id"]]
    assert commit["attributes"] == {"count": 3, "late": False}
    assert post["start_ns"] <= commit["start_ns"] <= commit["end_ns"] <= post["end_ns"]
    assert [post["error"], failing["error"]] == [False, True]


def test_the_exporter_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_sink() as sink:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", sink.endpoint)
        tracing.configure("admission")
        with tracing.span("POST"):
            pass
        tracing.shutdown()
        [span] = sink.spans()
        assert span["name"] == "POST"
        sink.clear()
        assert sink.spans() == []


def test_waiting_for_what_does_not_come_ends() -> None:
    with running_sink() as sink:
        assert not sink.wait_until(bool, timeout_seconds=0)


def test_compressed_requests_are_read_and_other_paths_refused() -> None:
    with running_sink() as sink:
        headers = {"content-encoding": "gzip"}
        compressed = gzip.compress(b"")
        request = urllib.request.Request(f"{sink.endpoint}/v1/traces", compressed, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            assert response.status == 200
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(f"{sink.endpoint}/v1/logs", b"", timeout=10)  # noqa: S310
        refused.value.close()
