"""Calls the platform for the demo, through the public HTTP APIs only, as any user would."""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from deploy.local.demo.journey import Establishment

_TIMEOUT_SECONDS = 30.0
_LOOKED_AT = 500
_INVITATION = re.compile(r"/i/[A-Za-z0-9_-]{11}")


@dataclass(frozen=True)
class Addresses:
    """Where everything listens, and the operator's key."""

    admission: str
    pathway: str
    notifications: str
    indicators: str
    sms: str
    mail: str
    operator_key: str
    traces: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What the sender of a movement holds; `trace_id` when the platform records traces."""

    receipt_id: str
    person_id: str
    trace_id: str | None


class Platform:
    """The services, seen by five establishments that each hold a key of their own."""

    def __init__(self, client: httpx.AsyncClient, addresses: Addresses) -> None:
        self._client = client
        self._keys: dict[str, str] = {}
        self._accepted: set[str] = set()
        self.addresses = addresses

    async def register(self, establishment: Establishment, units: Iterable[str]) -> None:
        """Give an establishment its place and units in the directory, a source and its key."""
        place = f"{self.addresses.admission}/v1/establishments/{establishment.finess}"
        operator = self.addresses.operator_key
        await self._call("PUT", place, operator, {"name": establishment.name})
        for unit in units:
            await self._call("PUT", f"{place}/units/{quote(unit, safe='')}", operator, {"name": unit})
        answer = await self._call(
            "POST",
            f"{self.addresses.admission}/v1/sources",
            operator,
            {
                "name": f"demo {establishment.finess}",
                "establishment": establishment.finess,
                "scopes": ["intake", "read", "circle"],
            },
        )
        self._keys[establishment.finess] = answer.json()["key"]

    def key_of(self, establishment: Establishment) -> str:
        """The key of a registered establishment."""
        return self._keys[establishment.finess]

    async def post_movement(self, establishment: Establishment, body: dict[str, Any]) -> Receipt:
        """Post one movement; returns what its sender holds."""
        url = f"{self.addresses.admission}/v1/movements"
        answer = await self._call("POST", url, self.key_of(establishment), body)
        fields = answer.json()
        _, _, trace = answer.headers.get("traceresponse", "").partition("-")
        return Receipt(fields["receipt_id"], fields["person_id"], trace_id=trace[:32] or None)

    async def put_member(self, establishment: Establishment, path: str, body: dict[str, Any]) -> bool:
        """Add someone to a care circle; false while notifications does not know the person or the key yet."""
        url = f"{self.addresses.notifications}/v1/persons/{path}"
        answer = await self._call("PUT", url, self.key_of(establishment), body, accept=(401, 404))
        return answer.is_success

    async def accept_invitations(self) -> None:
        """Accept every invitation that has arrived, as the owners of the telephones and mailboxes would."""
        for sink in (self.addresses.sms, self.addresses.mail):
            arrived = await self._client.get(f"{sink}/messages", params={"limit": _LOOKED_AT})
            for link in set(_INVITATION.findall(arrived.text)) - self._accepted:
                url = f"{self.addresses.notifications}{link}"
                await self._client.post(url, json={"answer": "accepted"})
                self._accepted.add(link)

    async def get(self, establishment: Establishment, url: str) -> Any:
        """Read something as an establishment."""
        return (await self._call("GET", url, self.key_of(establishment))).json()

    async def _call(
        self, method: str, url: str, key: str, body: object = None, *, accept: tuple[int, ...] = ()
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        answer = await self._client.request(method, url, headers=headers, json=body)
        if answer.is_error and answer.status_code not in accept:
            raise DemoError(f"{method} {url} answered {answer.status_code}: {answer.text[:500]}")
        return answer


class DemoError(Exception):
    """The platform gave an answer that the demo cannot go on with; the message says which."""


@asynccontextmanager
async def open_platform(addresses: Addresses) -> AsyncIterator[Platform]:
    """A platform to play on; closes its connections at the end."""
    async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
        yield Platform(client, addresses)
