"""The figures of a run are computed as documented."""

from tests.continuity.figures import (
    Interval,
    acknowledged,
    availability,
    intervals_of,
    quantiles,
    recovery,
    repeated,
    told_after,
)


def at(second: float) -> str:
    """A time of the run."""
    return f"2026-11-24T10:00:{second:06.3f}+00:00"


def step(what: str, second: float, **other: object) -> dict[str, object]:
    """A line of the clients' journal."""
    return {
        "what": what,
        "at": at(second),
        "client": "A/0",
        "source_event_id": "1",
        "body_sha256": "x",
    } | other


EPOCH = 1795514400.0


def test_a_movement_that_needed_a_second_try_within_two_seconds_counts() -> None:
    lines = [step("send", 1), step("unknown", 1.5), step("send", 1.6), step("answer", 2.5, status=202)]
    assert availability(lines) == {"sent": 1, "within_2_s": 1, "share": 1.0}


def test_what_is_read_after_the_answer_makes_it_no_later() -> None:
    lines = [step("send", 1), step("answer", 9, status=202, answered_at=at(2), event_id="e")]
    assert availability(lines)["within_2_s"] == 1
    assert acknowledged(lines) == {"e": EPOCH + 2}


def test_a_movement_that_was_answered_later_does_not() -> None:
    lines = [
        step("send", 1),
        step("answer", 1.2, status=503),
        step("send", 3),
        step("answer", 3.1, status=202),
    ]
    assert availability(lines)["within_2_s"] == 0


def test_the_first_receipt_counts() -> None:
    lines = [
        step("answer", 2, status=202, event_id="e"),
        step("answer", 9, status=200, event_id="e"),
        step("answer", 9, status=409),
    ]
    assert acknowledged(lines) == {"e": EPOCH + 2}


def test_delays_are_divided_by_the_faults_they_met() -> None:
    gateway = [
        {"at": at(4), "to": "+1", "text": "a", "attempt": "x", "provider_id": "1"},
        {"at": at(30), "to": "+1", "text": "b", "attempt": "y", "provider_id": "2"},
    ]
    delays = told_after(
        gateway,
        {"x": "e", "y": "f"},
        {"e": EPOCH + 3, "f": EPOCH + 20},
        [Interval("k", EPOCH + 25, EPOCH + 26)],
    )
    assert delays["outside_faults"]["p50"] == 1
    assert delays["inside_faults"]["p50"] == 10


def test_recovery_is_over_when_every_consumer_has_something_new() -> None:
    recorded = [("before", 5.0), ("first", 11.0), ("second", 12.0)]
    applied = {"pathway": {"first": 13.0, "second": 12.5}, "indicators": {"second": 19.0}}
    assert recovery([Interval("broker.kill", 8.0, 10.0)], recorded, applied)["broker.kill"]["max"] == 9.0


def test_repeats_are_what_was_accepted_beyond_the_first() -> None:
    line = {"to": "+1", "text": "a", "provider_id": "1"}
    assert repeated([line, line, {**line, "provider_id": None}, {**line, "text": "b"}]) == 1


def test_a_fault_that_never_ended_is_no_interval() -> None:
    began = {"at": at(1), "fault": 1, "kind": "k", "phase": "began"}
    assert intervals_of([began]) == []
    assert intervals_of([began, {**began, "at": at(3), "phase": "ended"}]) == [
        Interval("k", EPOCH + 1, EPOCH + 3)
    ]


def test_quantiles_of_nothing_are_nothing() -> None:
    assert quantiles([]) == {"count": 0}
    assert quantiles([3, 1, 2]) == {"count": 3, "p50": 2, "p99": 3, "max": 3}
