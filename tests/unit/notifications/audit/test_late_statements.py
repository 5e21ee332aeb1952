"""A statement that comes late changes what an update means, and takes no obligation away."""

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.audit.owed import ObligationKey, owed_obligations
from services.notifications.domain.obligations.catalogue import Recipient
from services.notifications.domain.obligations.derivation import derive_obligations
from services.notifications.domain.obligations.verdict import Send, Supersede
from shared.events.admission import ClassOfStay, OptionalField, Place
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import REHABILITATION, PersonHistory, minutes, movement_of
from tests.unit.notifications.audit.audited import audited
from tests.unit.notifications.circles import circles, professional

_NAMES: st.SearchStrategy[tuple[OptionalField, ...] | None] = st.sampled_from(
    [None, (), ("unit",), ("origin",), ("destination",), ("class_of_stay", "origin")]
)
_PLACES = st.sampled_from(
    [None, Place(mode="home"), Place(mode="death"), Place(mode="transfer", establishment=REHABILITATION)]
)
_CLASSES: st.SearchStrategy[ClassOfStay | None] = st.sampled_from([None, "inpatient", "outpatient", "home"])


@st.composite
def late_statements(draw: st.DrawFn) -> list[RecordedEvent]:
    """One movement, corrected several times, wholly or in part, in any order of receipt."""
    stated = PersonHistory()
    began = draw(st.booleans())
    first = stated.admit("stay", at=minutes(0)) if began else stated.discharge("stay", at=minutes(0))
    for number in range(draw(st.integers(1, 4))):
        content = {"origin": draw(_PLACES), "destination": draw(_PLACES), "class_of_stay": draw(_CLASSES)}
        stated.update(first, emitted=minutes(10 + number), names=draw(_NAMES), **content)
    if draw(st.booleans()):
        stated.cancel(first, emitted=minutes(draw(st.integers(5, 20))))
    received = PersonHistory()
    for event in draw(st.permutations(stated.events)):
        received.record(movement_of(event))
    return received.events


def _planned(events: list[RecordedEvent], circle: list[Recipient]) -> frozenset[ObligationKey]:
    return frozenset(
        ObligationKey(event_id=each.event.event_id, recipient_id=each.recipient.member_id, kind=each.kind)
        for each in derive_obligations(events, circle)
    )


@given(events=late_statements(), circle=circles())
def test_what_was_owed_by_less_is_owed_by_more(events: list[RecordedEvent], circle: list[Recipient]) -> None:
    owed = owed_obligations(events, audited(circle))
    assert owed == _planned(events, circle)
    for number in range(len(events)):
        assert _planned(events[:number], circle) <= owed


def test_what_an_update_meant_without_a_late_statement_is_told_no_more() -> None:
    rose = PersonHistory()
    discharge = rose.discharge("stay", at=minutes(0))
    rose.update(discharge, emitted=minutes(20), names=("unit",), unit="2101")
    elsewhere = Place(mode="transfer", establishment=REHABILITATION)
    rose.update(discharge, emitted=minutes(10), destination=elsewhere)
    verdicts = {
        (each.event.sequence, each.kind): each.verdict
        for each in derive_obligations(rose.events, [professional(REHABILITATION)])
    }
    update = rose.events[1].event_id
    assert verdicts[2, "discharge.occurred"] == Supersede(update, "newer_version")
    assert verdicts[2, "transfer.departed"] == Send()
