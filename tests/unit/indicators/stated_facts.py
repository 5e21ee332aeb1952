"""States facts for tests in one line: ids by name, times by default."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.indicators.domain.calendar import Period, start_of
from services.indicators.domain.facts import (
    ExpectationFact,
    ExpectationStep,
    FactOfMovement,
    ObligationFact,
    movement_fact,
    reassignment_fact,
)
from services.indicators.domain.indicators import Coverage, Question
from shared.events.admission import MovementReassigned
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import HOSPITAL, REHABILITATION, id_of, movement_of

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def march(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of March 2026, in UTC; Paris is an hour ahead, two from the 29th."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def march_days(first: int, last: int) -> Period:
    return Period(first_day=date(2026, 3, first), last_day=date(2026, 3, last))


MARCH = march_days(1, 31)


def known_since(day: date) -> Coverage:
    return Coverage(events=0, newest_recorded_at=None, earliest_at=start_of(day))


KNOWN = known_since(date(2026, 1, 1))


def question(period: Period = MARCH, *, as_of: datetime = LATER, establishment: str = HOSPITAL) -> Question:
    return Question(establishment=establishment, period=period, as_of=as_of)


def movement_facts(events: list[RecordedEvent]) -> list[FactOfMovement]:
    return [
        reassignment_fact(event, event.data)
        if isinstance(event.data, MovementReassigned)
        else movement_fact(event, movement_of(event))
        for event in events
    ]


def expectation(
    step: ExpectationStep,
    *,
    sequence: int,
    due: datetime,
    recorded: datetime,
    name: str = "departure",
    arrived: datetime | None = None,
) -> ExpectationFact:
    return ExpectationFact(
        event_id=id_of("expectation", name, sequence),
        person_id=id_of("person", "Rose"),
        sequence=sequence,
        recorded_at=recorded,
        step=step,
        expectation_id=id_of("expectation", name),
        from_establishment=HOSPITAL,
        to_establishment=REHABILITATION,
        due_at=due,
        arrived_at=arrived,
    )


def settled(name: str, *, fact: datetime, after_minutes: float, **changes: Any) -> ObligationFact:
    """A carer was informed so long after the fact was recorded, which was a minute after it occurred."""
    ended = fact + timedelta(minutes=after_minutes)
    stated: dict[str, Any] = {
        "event_id": id_of("settled", name),
        "person_id": id_of("person", name),
        "sequence": 1,
        "recorded_at": ended,
        "obligation_id": id_of("obligation", name),
        "establishment": HOSPITAL,
        "recipient_role": "carer",
        "outcome": "informed",
        "fact_occurred_at": fact - timedelta(minutes=1),
        "fact_recorded_at": fact,
        "settled_at": ended,
    }
    return ObligationFact(**{**stated, **changes})
