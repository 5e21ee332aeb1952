"""Which facts does a person's set of events make? The same ones, in whatever order the events came."""

from collections.abc import Iterable, Mapping, Sequence

from services.notifications.domain.arrival_news import WatchedArrival, statement_of_arrival
from services.notifications.domain.audience import Recipient
from services.notifications.domain.kinds import FactKind
from services.notifications.domain.movement_news import statement_of_movement
from services.notifications.domain.statements import Statement
from shared.events.admission import Movement
from shared.events.envelope import RecordedEvent

Fact = Sequence[Statement]
"""The versions of one fact, oldest first, at least one."""


def facts_of(events: Iterable[RecordedEvent]) -> Mapping[str, Fact]:
    """Every fact by its key; an event that came twice counts once."""
    known = {event.event_id: event for event in events}
    stated = [statement for event in known.values() if (statement := statement_of(event)) is not None]
    facts: dict[str, list[Statement]] = {}
    for statement in sorted(stated, key=lambda statement: statement.version):
        facts.setdefault(statement.fact_key, []).append(statement)
    return facts


def statement_of(event: RecordedEvent) -> Statement | None:
    """None for an event that nobody has to be told of, whatever else is known."""
    if isinstance(event.data, Movement):
        return statement_of_movement(event, event.data)
    if isinstance(event.data, WatchedArrival):
        return statement_of_arrival(event, event.data)
    return None


def newest(fact: Fact, kind: FactKind, recipient: Recipient) -> Statement | None:
    """What holds now, of what this recipient may have been told as `kind`."""
    return next((version for version in reversed(fact) if version.bears_on(kind, recipient)), None)


def is_deceased(facts: Mapping[str, Fact]) -> bool:
    """A death is stated, and neither corrected nor cancelled."""
    return any(fact[-1].death and not fact[-1].ends for fact in facts.values())
