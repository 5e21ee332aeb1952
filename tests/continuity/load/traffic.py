"""How does the load reach the platform? At its pace, with its twists; what is not answered holds it up."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.continuity.load.client import Clients
from tests.continuity.load.offers import Offer

MOST_WAITING: Final = 100
_FIRST_ANSWERS: Final = frozenset({200, 202})


class Traffic:
    """Sends offers and knows what each must be answered."""

    def __init__(self, clients: Clients) -> None:
        self.answered = 0
        self.surprises: list[str] = []
        """Answers that no establishment should ever get."""
        self._clients = clients
        self._free = asyncio.Semaphore(MOST_WAITING)

    async def all_at_once(self, offers: Sequence[Offer]) -> list[str]:
        """Send them as fast as they are answered; the id that each one's person was given."""

        async def one(offer: Offer) -> str:
            async with self._free:
                return str((await self._clients.send(offer))["person_id"])

        return await asyncio.gather(*map(one, offers))

    async def paced(
        self,
        offers: Sequence[Offer],
        *,
        within_seconds: float,
        late_seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Spread them over the time; when too many wait for an answer, the others wait too.

        `late_seconds` only grows: the load falls behind with the faults, so that the last ones meet some. It
        never stops for that, it comes half as fast until it is as late.
        """
        clock = asyncio.get_running_loop().time
        began, shift, gap = clock(), 0.0, within_seconds / max(1, len(offers))
        began_at = datetime.now(UTC)
        async with asyncio.TaskGroup() as waiting:
            for number, offer in enumerate(offers):
                shift = min(shift + gap, late_seconds())
                due = number * gap + shift
                await asyncio.sleep(began + due - clock())
                await self._free.acquire()
                waiting.create_task(self._deliver(offer, (began_at + timedelta(seconds=due)).isoformat()))

    async def _deliver(self, offer: Offer, due_at: str) -> None:
        try:
            await self._twisted(offer, due_at)
            self.answered += 1
        finally:
            self._free.release()

    async def _twisted(self, offer: Offer, due_at: str) -> None:
        if offer.twist == "at_once":
            both = (self._clients.send(offer, client=client, due_at=due_at) for client in (0, 1))
            self._same_receipt(offer, await asyncio.gather(*both))
            return
        first = await self._clients.send(offer, due_at=due_at)
        if first["http_status"] not in _FIRST_ANSWERS:
            self.surprises.append(f"{offer.id}: {first['http_status']} at first")
        if offer.twist == "again":
            self._same_receipt(offer, (first, await self._clients.send(offer, client=1)))
        if offer.twist == "other_content":
            answer = await self._clients.send(offer.contradicted())
            if answer["http_status"] != 409:
                self.surprises.append(f"{offer.id}: other content was answered {answer['http_status']}")

    def _same_receipt(self, offer: Offer, answers: Sequence[Any]) -> None:
        if len({(answer["receipt_id"], answer["event_id"]) for answer in answers}) != 1:
            self.surprises.append(f"{offer.id}: two receipts")
