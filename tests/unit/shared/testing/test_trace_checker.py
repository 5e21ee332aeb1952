from shared.testing.spans import SpanRecord
from shared.testing.trace_checker import by_trace, flaws


def _span(name: str, span_id: str, parent_id: str = "", *, trace_id: str = "t") -> SpanRecord:
    return SpanRecord(
        trace_id=trace_id,
        span_id=span_id,
        parent_id=parent_id,
        name=name,
        kind="internal",
        service="admission",
        start_ns=0,
        end_ns=1,
        attributes={},
        links=[],
        error=False,
    )


A = "admission"
POST, COMMIT = _span("POST", "1"), _span("commit", "2", "1")


def test_a_whole_trace_has_no_flaws() -> None:
    assert flaws([COMMIT, POST], mandatory=[(A, "POST"), (A, "commit")]) == []


def test_no_spans_are_no_trace() -> None:
    assert flaws([], mandatory=[(A, "POST")]) == ["0 roots, not one: none", "missing: POST of admission"]


def test_a_second_root_is_a_flaw() -> None:
    assert flaws([POST, _span("poll", "3")], mandatory=[]) == ["2 roots, not one: POST, poll"]


def test_a_missing_span_is_named() -> None:
    assert flaws([POST, COMMIT], mandatory=[(A, "POST"), (A, "send"), ("pathway", "POST")]) == [
        "missing: send of admission",
        "missing: POST of pathway",
    ]


def test_a_name_can_be_mandatory_several_times() -> None:
    assert flaws([POST, COMMIT], mandatory=[(A, "commit")] * 3) == ["missing: commit of admission"] * 2


def test_a_span_whose_parent_is_missing_is_an_orphan() -> None:
    assert flaws([POST, _span("send", "3", "9")], mandatory=[]) == ["orphan: send of admission"]


def test_spans_of_two_traces_are_not_one() -> None:
    other = _span("commit", "3", "1", trace_id="u")
    assert flaws([POST, other], mandatory=[]) == ["2 traces, not one"]
    assert by_trace([POST, other]) == {"t": [POST], "u": [other]}
