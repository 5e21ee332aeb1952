"""What do the publishers say of a person? Asked of their own ledgers, not of what we keep of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

from services.notifications.storage.audits import Applied
from shared.inbox.pulled import LedgerEvent, as_incoming
from shared.inbox.received import ReceivedEvent

_AT_ONCE: Final = 8
_PAGE: Final = 1000


class Ledger(Protocol):
    """The ledger of one publisher, as its API gives it."""

    async def events_of_person(self, subject: UUID, first: int, last: int) -> list[LedgerEvent]: ...


class Ledgers:
    """The ledgers of all publishers that state facts."""

    def __init__(self, by_publisher: Mapping[str, Ledger]) -> None:
        self._by_publisher = by_publisher
        self._free = asyncio.Semaphore(_AT_ONCE)

    @property
    def publishers(self) -> Sequence[str]:
        return tuple(self._by_publisher)

    async def of_persons(
        self, applied: Mapping[UUID, Sequence[Applied]]
    ) -> Mapping[UUID, list[ReceivedEvent]]:
        """Every event of each person, as far as we have come in each ledger."""
        stated = await asyncio.gather(
            *(self._of_person(person_id, ours) for person_id, ours in applied.items())
        )
        return dict(zip(applied, stated, strict=True))

    async def _of_person(self, person_id: UUID, ours: Sequence[Applied]) -> list[ReceivedEvent]:
        events: list[ReceivedEvent] = []
        for publisher, ledger in self._by_publisher.items():
            last = max((each.sequence for each in ours if each.publisher == publisher), default=0)
            for first in range(1, last + 1, _PAGE):
                async with self._free:
                    page = await ledger.events_of_person(person_id, first, min(last, first + _PAGE - 1))
                events += _received(publisher, page)
        return events


def _received(publisher: str, page: Sequence[LedgerEvent]) -> list[ReceivedEvent]:
    """What is wrong is parked, and what is newer than we are is not applied: neither obliges us."""
    read = (as_incoming(publisher, event).received(event.trace) for event in page)
    return [event for event in read if event is not None]
