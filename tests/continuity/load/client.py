"""Sends a movement, byte for byte the same, until it is answered, and journals every try."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from tests.continuity.journal import Journal, now
from tests.continuity.load.answers import MISSING, Answer, Door
from tests.continuity.load.offers import Offer

TIMEOUT_SECONDS: Final = 15.0
CONNECTIONS: Final = 120
IDLE_CONNECTIONS: Final = 10
"""httpcore checks every idle connection at every request."""
MIN_PAUSE_SECONDS: Final = 0.1
MAX_PAUSE_SECONDS: Final = 2.0
_FINAL: Final = frozenset({200, 202, 409})
_SERVER_ERROR: Final = 500


class UnexpectedAnswer(Exception):  # noqa: N818
    """The platform refused a movement that it must accept."""


class JsonDoor:
    """`POST /v1/movements`, at several addresses."""

    name: Final = "json"

    def __init__(self, http: httpx.AsyncClient, *, addresses: Sequence[str], keys: Mapping[str, str]) -> None:
        """`addresses`: addresses of the intake; `keys`: FINESS number to key."""
        self._http = http
        self._addresses = addresses
        self._keys = keys

    def written(self, offer: Offer) -> bytes:
        """The bytes of every try."""
        return offer.canonical()

    async def ask(self, offer: Offer, content: bytes, turn: int) -> Answer | str:
        """Try once; a string says why there is no answer."""
        address = self._addresses[turn % len(self._addresses)]
        headers = {
            "Authorization": f"Bearer {self._keys[offer.establishment]}",
            "Content-Type": "application/json",
        }
        try:
            answer = await self._http.post(f"{address}/v1/movements", content=content, headers=headers)
        except httpx.TransportError as error:
            return type(error).__name__
        fields = answer.json() if answer.status_code in _FINAL else {}
        return Answer(status=answer.status_code, fields=fields, text=answer.text, at=now())


class Clients:
    """The software of all establishments."""

    def __init__(self, journal: Journal, json: Door, mllp: Door | None = None) -> None:
        """`mllp`: the way for those movements that come as HL7 v2, a third; without, all are JSON."""
        self._journal = journal
        self._json = json
        self._mllp = mllp

    async def send(self, offer: Offer, *, client: int = 0, due_at: str | None = None) -> Mapping[str, Any]:
        """The answer to an offer, sent as often as necessary.

        `due_at`: when it was planned to be sent.

        Raises:
            UnexpectedAnswer: a refusal other than a conflict.
        """
        door = self._mllp if self._mllp is not None and offer.is_hl7 else self._json
        content = door.written(offer)
        sent = {**_sent_record(offer, client), "door": door.name}
        pause = MIN_PAUSE_SECONDS
        turn = client + int(offer.digest()[:8], 16)
        while True:
            await self._journal.write(what="send", **sent, **_stated_record(offer), due_at=due_at)
            answer = await door.ask(offer, content, turn)
            if isinstance(answer, Answer) and answer.status in _FINAL:
                await self._journal.write(what="answer", **sent, **_answered(answer))
                return {**answer.fields, "http_status": answer.status}
            await self._not_answered(sent, answer)
            await asyncio.sleep(pause)
            pause, turn = min(2 * pause, MAX_PAUSE_SECONDS), turn + 1

    async def _not_answered(self, sent: Mapping[str, Any], answer: Answer | str) -> None:
        if isinstance(answer, str):
            await self._journal.write(what="unknown", **sent, reason=answer)
            return
        await self._journal.write(what="answer", **sent, status=answer.status)
        if answer.status < _SERVER_ERROR and answer.status != httpx.codes.TOO_MANY_REQUESTS:
            raise UnexpectedAnswer(f"{sent['source_event_id']}: {answer.status} {answer.text[:300]}")


def _sent_record(offer: Offer, client: int) -> dict[str, Any]:
    body = offer.body
    return {
        "client": f"{offer.establishment}/{client}",
        "source": offer.establishment,
        "source_event_id": body["source_event_id"],
        "movement_id": body["movement_id"],
        "stay_id": body["stay_id"],
        "person": offer.person,
        **({"also": offer.also} if offer.also else {}),
        "kind": body["kind"],
        "body_sha256": offer.digest(),
    }


def _stated_record(offer: Offer) -> dict[str, Any]:
    return {
        "action": offer.body["action"],
        "establishment": offer.establishment,
        "occurred_at": offer.body["occurred_at"],
        "stated": offer.stated(),
    }


def _answered(answer: Answer) -> dict[str, Any]:
    names = ("receipt_id", "event_id", "person_id", "content_sha256", MISSING)
    known = {name: answer.fields.get(name) for name in names}
    return {"status": answer.status, "answered_at": answer.at, **known}
