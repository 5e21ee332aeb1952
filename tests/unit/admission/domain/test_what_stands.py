"""What stands of a movement is the same for admission as in the reading that all services share."""

from itertools import product

from services.admission.domain.identities.deletion import what_stands
from services.admission.domain.identities.reassignment import Statement
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.testing.person_history import PersonHistory, minutes, movement_of

_STATING = (PersonHistory.repeat, PersonHistory.update, PersonHistory.cancel)
_ANY = tuple(product(_STATING, (5, 6)))


def _received(event: RecordedEvent) -> Statement:
    return Statement(
        event_id=event.event_id,
        identity=event.subject,
        person_id=event.subject,
        data=movement_of(event),
        recorded_at=event.recorded_at,
    )


def test_whatever_was_stated_in_one_minute_or_in_two_and_in_which_order_it_was_received() -> None:
    discharge = PersonHistory().discharge("stay", at=minutes(0))
    for stated in (each for count in (1, 2, 3) for each in product(_ANY, repeat=count)):
        rose = PersonHistory()
        for state, emitted in stated:
            state(rose, discharge, emitted=minutes(emitted))
        (history,) = movement_histories(rose.events)
        content = {event.event_id: event.data for event in rose.events}[history.current.event_id]
        stands = what_stands([_received(event) for event in rose.events])
        assert stands is (None if history.cancelled else content)
