"""Sends the load at its pace, with its repetitions, and checks each answer."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.continuity.load.client import Clients
from tests.continuity.load.offers import Offer

MAX_WAITING: Final = 100
_FIRST_ANSWERS: Final = frozenset({200, 202})


class Traffic:
    """Sends offers and checks that each gets the answer it must get."""

    def __init__(self, clients: Clients) -> None:
        self.answered = 0
        self.unexpected: list[str] = []
        """Descriptions of answers that must not occur."""
        self.all_answered = asyncio.Event()
        """Set once the paced load was answered."""
        self._clients = clients
        self._free = asyncio.Semaphore(MAX_WAITING)

    async def all_at_once(self, offers: Sequence[Offer]) -> list[str]:
        """Send them as fast as they are answered; returns the person id of each."""

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
        """Spread them over the time; at most `MAX_WAITING` are unanswered at any moment.

        `late_seconds` only grows: the load falls behind as far as the faults do, so that the last faults meet
        load. It is never paused for that, but sent at half the pace until it is as late.
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
        self.all_answered.set()

    async def _deliver(self, offer: Offer, due_at: str) -> None:
        try:
            await self._send_repeated(offer, due_at)
            self.answered += 1
        finally:
            self._free.release()

    async def deliver(self, offer: Offer) -> None:
        """Send one at once, and return when it was answered."""
        async with self._free:
            await self._send_repeated(offer, None)
        self.answered += 1

    async def _send_repeated(self, offer: Offer, due_at: str | None) -> None:
        if offer.repetition == "at_once":
            both = (self._clients.send(offer, client=client, due_at=due_at) for client in (0, 1))
            self._same_receipt(offer, await asyncio.gather(*both))
            return
        first = await self._clients.send(offer, due_at=due_at)
        if first["http_status"] not in _FIRST_ANSWERS:
            self.unexpected.append(f"{offer.id}: {first['http_status']} at first")
        if offer.repetition == "again":
            self._same_receipt(offer, (first, await self._clients.send(offer, client=1)))
        if offer.repetition == "other_content":
            answer = await self._clients.send(offer.contradicted())
            if answer["http_status"] != 409:
                self.unexpected.append(f"{offer.id}: other content was answered {answer['http_status']}")

    def _same_receipt(self, offer: Offer, answers: Sequence[Any]) -> None:
        if len({(answer.get("receipt_id"), answer.get("event_id")) for answer in answers}) != 1:
            self.unexpected.append(f"{offer.id}: two receipts")
