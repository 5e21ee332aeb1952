"""Sends a movement, byte for byte the same, until it is answered, and journals every try."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from tests.continuity.journal import Journal
from tests.continuity.load.offers import Offer

TIMEOUT_SECONDS: Final = 15.0
CONNECTIONS: Final = 120
IDLE_CONNECTIONS: Final = 10
"""httpcore checks every idle connection at every request."""
MIN_PAUSE_SECONDS: Final = 0.1
MAX_PAUSE_SECONDS: Final = 2.0
_FINAL: Final = frozenset({200, 202, 409})


class UnexpectedAnswer(Exception):  # noqa: N818
    """The platform refused a movement that it must accept."""


class Clients:
    """The software of all establishments; each has its own key, and all choose between two addresses."""

    def __init__(
        self, http: httpx.AsyncClient, journal: Journal, *, addresses: Sequence[str], keys: Mapping[str, str]
    ) -> None:
        """`addresses`: addresses of the intake; `keys`: FINESS number to key."""
        self._http = http
        self._journal = journal
        self._addresses = addresses
        self._keys = keys

    async def send(self, offer: Offer, *, client: int = 0, due_at: str | None = None) -> Mapping[str, Any]:
        """The answer to an offer, sent as often as necessary.

        `due_at`: when it was planned to be sent.

        Raises:
            UnexpectedAnswer: a refusal other than a conflict.
        """
        content = offer.canonical()
        sent = _sent_record(offer, client)
        pause = MIN_PAUSE_SECONDS
        turn = client + int(offer.digest()[:8], 16)
        while True:
            await self._journal.write(what="send", **sent, **_stated_record(offer), due_at=due_at)
            answer = await self._post(
                self._addresses[turn % len(self._addresses)], offer.establishment, content
            )
            if isinstance(answer, httpx.Response) and answer.status_code in _FINAL:
                fields: dict[str, Any] = answer.json()
                await self._journal.write(what="answer", **sent, **_answered(answer.status_code, fields))
                return {**fields, "http_status": answer.status_code}
            await self._not_answered(sent, answer)
            await asyncio.sleep(pause)
            pause, turn = min(2 * pause, MAX_PAUSE_SECONDS), turn + 1

    async def _post(self, address: str, establishment: str, content: bytes) -> httpx.Response | str:
        headers = {
            "Authorization": f"Bearer {self._keys[establishment]}",
            "Content-Type": "application/json",
        }
        try:
            return await self._http.post(f"{address}/v1/movements", content=content, headers=headers)
        except httpx.TransportError as error:
            return type(error).__name__

    async def _not_answered(self, sent: Mapping[str, Any], answer: httpx.Response | str) -> None:
        if isinstance(answer, str):
            await self._journal.write(what="unknown", **sent, reason=answer)
            return
        await self._journal.write(what="answer", **sent, status=answer.status_code)
        if not answer.is_server_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            raise UnexpectedAnswer(f"{sent['source_event_id']}: {answer.status_code} {answer.text[:300]}")


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


def _answered(status: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    names = ("receipt_id", "event_id", "person_id", "content_sha256")
    return {"status": status, **{name: fields.get(name) for name in names}}
