"""The code that plans and the code that audits find the same obligations."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.audit.owed import ObligationKey, owed_obligations
from services.notifications.domain.audit.rights import MAY_HAVE_LEFT
from services.notifications.domain.obligations.catalogue import Recipient
from services.notifications.domain.obligations.derivation import derive_obligations
from services.notifications.domain.obligations.obligation import MAY_HAVE_REACHED
from shared.events.envelope import RecordedEvent
from shared.testing.histories import person_histories, redeliveries
from shared.testing.moving_histories import moved_about
from shared.testing.person_history import minutes
from tests.unit.notifications.audit.audited import audited, strange_histories
from tests.unit.notifications.circles import circles
from tests.unit.notifications.stated import with_watched_arrivals

_UNTIL = st.integers(0, 9000).map(minutes)


def _planned(events: list[RecordedEvent], circle: list[Recipient]) -> frozenset[ObligationKey]:
    return frozenset(
        ObligationKey(event_id=each.event.event_id, recipient_id=each.recipient.member_id, kind=each.kind)
        for each in derive_obligations(events, circle)
    )


@given(history=person_histories() | moved_about(), until=_UNTIL, circle=circles())
def test_of_a_history_with_its_watched_arrivals(
    history: list[RecordedEvent], until: datetime, circle: list[Recipient]
) -> None:
    events = with_watched_arrivals(history, until=until)
    assert owed_obligations(events, audited(circle)) == _planned(events, circle)


@given(history=strange_histories(), until=_UNTIL, circle=circles())
def test_of_movements_from_anywhere_to_anywhere(
    history: list[RecordedEvent], until: datetime, circle: list[Recipient]
) -> None:
    events = with_watched_arrivals(history, until=until)
    assert owed_obligations(events, audited(circle)) == _planned(events, circle)


@given(data=st.data(), history=person_histories() | moved_about(), circle=circles())
def test_of_what_has_arrived_so_far(
    data: st.DataObject, history: list[RecordedEvent], circle: list[Recipient]
) -> None:
    stated = with_watched_arrivals(history, until=minutes(9000))
    some = data.draw(st.lists(st.sampled_from(stated), unique_by=lambda event: event.event_id))
    again = data.draw(redeliveries(some))
    assert owed_obligations(again, audited(circle)) == _planned(some, circle)


def test_of_which_attempts_may_have_reached_someone() -> None:
    assert set(MAY_HAVE_LEFT) == MAY_HAVE_REACHED
