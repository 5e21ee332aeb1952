"""Builds what pathway and notifications publish, in one line for a test."""

from datetime import datetime, timedelta

from shared.events.envelope import Payload, RecordedEvent
from shared.events.notifications import ObligationSettled
from shared.events.pathway import ExpectationMet, ExpectationOpened
from shared.events.registry import NOTIFICATIONS, PATHWAY
from shared.testing.person_history import HOSPITAL, REHABILITATION, id_of


def expectation_opened(person: str, *, departed: datetime, due: datetime) -> RecordedEvent:
    """Departed from the hospital; recorded a minute later."""
    opened = ExpectationOpened(
        expectation_id=id_of("expectation", person),
        departure_movement_id=id_of("departure", person),
        from_establishment=HOSPITAL,
        to_establishment=REHABILITATION,
        departed_at=departed,
        due_at=due,
    )
    return _recorded(PATHWAY, person, 1, opened, departed)


def expectation_met(person: str, *, departed: datetime, due: datetime, arrived: datetime) -> RecordedEvent:
    """Arrived; recorded a minute later."""
    met = ExpectationMet(
        expectation_id=id_of("expectation", person),
        departure_movement_id=id_of("departure", person),
        from_establishment=HOSPITAL,
        to_establishment=REHABILITATION,
        departed_at=departed,
        due_at=due,
        arrival_movement_id=id_of("arrival", person),
        arrived_at=arrived,
        late=arrived > due,
    )
    return _recorded(PATHWAY, person, 2, met, arrived)


def carer_informed(person: str, *, fact: datetime, after: timedelta) -> RecordedEvent:
    """A carer was informed so long after the fact was recorded."""
    settled = ObligationSettled(
        obligation_id=id_of("obligation", person),
        caused_by=id_of("event", person, 1),
        kind="admission.occurred",
        establishment=HOSPITAL,
        recipient_role="carer",
        outcome="informed",
        fact_occurred_at=fact - timedelta(minutes=1),
        fact_recorded_at=fact,
        settled_at=fact + after,
        channel="sms",
    )
    return _recorded(NOTIFICATIONS, person, 1, settled, fact + after)


def _recorded(
    publisher: str, person: str, sequence: int, data: Payload, occurred_at: datetime
) -> RecordedEvent:
    return RecordedEvent(
        event_id=id_of(publisher, person, sequence),
        publisher=publisher,
        subject=id_of("person", person),
        sequence=sequence,
        occurred_at=occurred_at,
        recorded_at=occurred_at + timedelta(minutes=1),
        data=data,
    )
