"""One trace spans each event, from the establishment's POST to the phone."""

import uuid
from typing import Any

import pytest

from shared.testing.otlp_sink import OtlpSink
from shared.testing.spans import SpanRecord
from shared.testing.trace_checker import by_trace, flaws
from tests.e2e.crowd import Crowd
from tests.e2e.establishment import Establishment

EVENTS = 500
LAST = "sms send"
MANDATORY = (
    ("admission", "POST /v1/movements"),
    ("admission", "ledger commit"),
    ("admission", "send relais.admission"),
    ("pathway", "process relais.admission"),
    ("notifications", "process relais.admission"),
    ("indicators", "process relais.admission"),
    ("notifications", "notify"),
    ("notifications", LAST),
)
WITHIN_SECONDS = 240.0


@pytest.fixture(scope="module")
async def known_persons(hospital: Establishment) -> list[str]:
    """As many persons as events, admitted, each with a carer who may be told at night."""
    crowd, run = Crowd(hospital), uuid.uuid4().hex[:8]
    persons = [f"{run}-{number}" for number in range(EVENTS)]
    receipts = await crowd.post_movements([hospital.movement("admission", person) for person in persons])
    circles = [
        f"{hospital.services.notifications}/v1/persons/{each['person_id']}/circle" for each in receipts
    ]
    await crowd.put(
        (f"{circle}/carers/{uuid.uuid4()}", _carer(number)) for number, circle in enumerate(circles)
    )
    return persons


async def test_each_of_500_events_has_one_whole_trace_up_to_the_carers_sms(
    known_persons: list[str], hospital: Establishment, sink: OtlpSink
) -> None:
    discharges = [
        hospital.movement("discharge", person, destination={"mode": "home"}) for person in known_persons
    ]
    trace_ids = await Crowd(hospital).traces_of(discharges)
    assert len(set(trace_ids)) == EVENTS

    def judge(spans: list[SpanRecord]) -> dict[str, list[str]]:
        traces = by_trace(spans)
        judged = {trace: flaws(traces.get(trace, []), mandatory=MANDATORY) for trace in trace_ids}
        return {trace: found for trace, found in judged.items() if found}

    def may_be_whole(spans: list[SpanRecord]) -> bool:
        # Asked with every few spans that arrive: traces are put together only when each has its last one.
        told = {span["trace_id"] for span in spans if span["name"] == LAST}
        return told.issuperset(trace_ids) and not judge(spans)

    sink.wait_until(may_be_whole, timeout_seconds=WITHIN_SECONDS)
    assert judge(sink.spans()) == {}


def test_no_span_holds_what_identifies_a_person(known_persons: list[str], sink: OtlpSink) -> None:
    everything = str(sink.spans())
    assert "ZZSECRETNAME" not in everything
    assert known_persons[0] not in everything
    assert "+3363998" not in everything


def _carer(number: int) -> dict[str, Any]:
    return {
        "alias": "Papi",
        "channels": [{"medium": "sms", "address": f"+33{639982000 + number}"}],
        "night": True,
        "consent": {
            "given_at": "2026-11-01T10:00:00+01:00",
            "proof": {"kind": "written", "reference": "C-1"},
        },
    }
