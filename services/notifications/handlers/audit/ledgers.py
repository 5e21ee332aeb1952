"""Reads persons' events from the publishers' own ledgers."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from services.notifications.handlers.dependencies import Ledger
from services.notifications.storage.audit.audits import Applied
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.pulled import LedgerEvent, as_incoming
from shared.spine.records.received import ReceivedEvent


async def events_of_persons(
    ledgers: Mapping[str, Ledger], applied: Mapping[UUID, Sequence[Applied]]
) -> Mapping[UUID, list[ReceivedEvent]]:
    """Every event of each person, as far as this service has come in each ledger."""
    stated: dict[UUID, list[ReceivedEvent]] = {person_id: [] for person_id in applied}
    for publisher, ledger in ledgers.items():
        async for page in ledger.events_of_persons(list(_spans(publisher, applied))):
            for event in _received(publisher, page):
                stated[event.subject].append(event)
    return stated


def _spans(publisher: str, applied: Mapping[UUID, Sequence[Applied]]) -> Iterator[Span]:
    for person_id, ours in applied.items():
        if last := max((each.sequence for each in ours if each.publisher == publisher), default=0):
            yield Span(person_id, 1, last)


def _received(publisher: str, page: Sequence[LedgerEvent]) -> list[ReceivedEvent]:
    """Without the events that cannot be parsed: they are parked, or of a newer version, and oblige nobody."""
    read = (as_incoming(publisher, event).received(event.trace) for event in page)
    return [event for event in read if event is not None]
