"""Obligations follow from the set of facts alone, each of them once."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.notifications.domain.obligations.catalogue import Recipient
from services.notifications.domain.obligations.derivation import DerivedObligation, derive_obligations
from services.notifications.domain.obligations.verdict import Suppress
from shared.events.envelope import RecordedEvent
from shared.testing.histories import person_histories, redeliveries
from shared.testing.moving_histories import moved_about
from shared.testing.person_history import minutes
from tests.unit.notifications.circles import circles
from tests.unit.notifications.stated import with_watched_arrivals

_MOMENTS = st.integers(0, 4000).map(minutes)


@st.composite
def statements(draw: st.DrawFn) -> list[RecordedEvent]:
    """A history with the arrivals that pathway watches in it."""
    return with_watched_arrivals(draw(person_histories() | moved_about()), until=draw(_MOMENTS))


def _by_key(expected: list[DerivedObligation]) -> dict[object, DerivedObligation]:
    return {each.key: each for each in expected}


@given(data=st.data(), events=statements(), circle=circles())
def test_any_permutation_and_repetition_gives_the_same_obligations_and_verdicts(
    data: st.DataObject, events: list[RecordedEvent], circle: list[Recipient]
) -> None:
    again = derive_obligations(data.draw(redeliveries(events)), data.draw(st.permutations(circle)))
    assert _by_key(again) == _by_key(derive_obligations(events, circle))


@given(events=statements(), circle=circles())
def test_there_is_one_obligation_for_an_event_a_recipient_and_a_kind(
    events: list[RecordedEvent], circle: list[Recipient]
) -> None:
    expected = derive_obligations(events, circle)
    assert len({each.key for each in expected}) == len(expected)
    assert len({each.obligation_id for each in expected}) == len(expected)


@given(data=st.data(), events=statements(), circle=circles())
def test_more_facts_never_take_an_obligation_away(
    data: st.DataObject, events: list[RecordedEvent], circle: list[Recipient]
) -> None:
    some = data.draw(st.lists(st.sampled_from(events), unique_by=lambda event: event.event_id))
    before = {each.key for each in derive_obligations(some, circle)}
    assert before <= {each.key for each in derive_obligations(events, circle)}


@given(data=st.data(), events=statements(), circle=circles())
def test_to_leave_silences_everything_and_forgets_nothing_that_was_owed(
    data: st.DataObject, events: list[RecordedEvent], circle: list[Recipient]
) -> None:
    at = data.draw(_MOMENTS)
    staying = [replace(recipient, revoked_at=None) for recipient in circle]
    owed = derive_obligations([event for event in events if event.recorded_at < at], staying)
    after = derive_obligations(events, [replace(each, revoked_at=at) for each in staying])
    assert {each.key for each in owed} <= {each.key for each in after}
    assert {each.verdict for each in after} <= {Suppress("no_entitlement")}
