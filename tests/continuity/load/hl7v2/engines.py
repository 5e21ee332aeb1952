"""Sends messages over MLLP as the interface engines of all establishments, over connections that break."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import httpx

from tests.continuity.journal import now
from tests.continuity.load.answers import MISSING, Answer
from tests.continuity.load.enrolment import until_answered
from tests.continuity.load.hl7v2.messages import acknowledgement_in, adt_of
from tests.continuity.load.offers import Offer, caller_of

TIMEOUT_SECONDS: Final = 15.0
LOOKS: Final = 30
LOOK_SECONDS: Final = 0.3
IDLE_CONNECTIONS: Final = 4
"""So many of one establishment stay open to one process."""
_HOST: Final = "127.0.0.1"
_BEGIN, _END = b"\x0b", b"\x1c\r"
_HALF, _UNREAD = range(2)
_BROKEN_OF: Final = 40
"""Of so many messages, one is first sent by half, and one without waiting for its answer."""
_STATUSES: Final = {"A": 202, "R": 503, "E": 422}
_CONFLICT: Final = 409


class _Connection(NamedTuple):
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Engines:
    """One engine of each establishment; all choose between the ports of several processes."""

    name: Final = "mllp"

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        ports: Sequence[int],
        addresses: Sequence[str],
        keys: Mapping[str, str],
    ) -> None:
        """`addresses` and `keys` are those of the API, where receipts are read."""
        self._http = http
        self._ports = ports
        self._addresses = addresses
        self._keys = keys
        self._idle: defaultdict[tuple[str, int], list[_Connection]] = defaultdict(list)
        self._tried: set[str] = set()

    def written(self, offer: Offer) -> bytes:
        """The bytes of every try."""
        return adt_of(offer)

    async def ask(self, offer: Offer, content: bytes, turn: int) -> Answer | str:
        """The answer, as HTTP would have given it, with the receipt that is there right after it.

        A string says why there is none.
        """
        place = (offer.establishment, self._ports[turn % len(self._ports)])
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                frame = await self._exchange(offer, place, content)
        except (OSError, EOFError, TimeoutError) as error:
            return type(error).__name__
        if frame is None:
            return "hung up"
        answered_at = now()
        answer = acknowledgement_in(frame)
        if answer.control_id != offer.id:
            return "answered to another message"
        status = _CONFLICT if answer.is_conflict else _STATUSES[answer.verdict]
        receipt = await self._receipt(offer, turn) if answer.verdict == "A" else {}
        return Answer(status=status, fields=receipt, text=frame.decode(), at=answered_at)

    def close(self) -> None:
        """End the connections that are left."""
        for connections in self._idle.values():
            for connection in connections:
                connection.writer.close()

    async def _exchange(self, offer: Offer, place: tuple[str, int], content: bytes) -> bytes | None:
        """The frame that is answered; `None` when this side breaks the connection."""
        connection = await self._connection(place)
        framed = _BEGIN + content + _END
        breaks = self._breaks(offer)
        is_whole = False
        try:
            connection.writer.write(framed[: len(framed) // 2] if breaks == _HALF else framed)
            await connection.writer.drain()
            if breaks in {_HALF, _UNREAD}:
                return None
            frame = await connection.reader.readuntil(_END)
            is_whole = True
        finally:
            if is_whole and len(self._idle[place]) < IDLE_CONNECTIONS:
                self._idle[place].append(connection)
            else:
                connection.writer.close()
        return frame

    async def _connection(self, place: tuple[str, int]) -> _Connection:
        establishment, port = place
        while self._idle[place]:
            connection = self._idle[place].pop()
            if not connection.reader.at_eof():
                return connection
            connection.writer.close()
        opened = await asyncio.open_connection(_HOST, port, local_addr=(caller_of(establishment), 0))
        return _Connection(*opened)

    def _breaks(self, offer: Offer) -> int | None:
        """How the first try of a message ends, if not by an answer."""
        if offer.id in self._tried:
            return None
        self._tried.add(offer.id)
        return int(offer.digest()[-8:], 16) % _BROKEN_OF

    async def _receipt(self, offer: Offer, turn: int) -> Mapping[str, Any]:
        """The receipt of what was stored under the message's id, and whether it was missing at first.

        What was acknowledged has one; it is looked for a while longer only to say what became of it.
        """
        url = f"{self._addresses[turn % len(self._addresses)]}/v1/receipts?source_event_id={offer.id}"
        for look in range(LOOKS):
            answer = await until_answered(self._http, "GET", url, self._keys[offer.establishment], None)
            if found := answer.json()["receipts"]:
                return {**found[0], MISSING: look > 0}
            await asyncio.sleep(LOOK_SECONDS)
        return {MISSING: True}
