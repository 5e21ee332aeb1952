"""Registers sources and enrols carers before any fault, and revokes some carers during the load."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import httpx

from tests.continuity.journal import now
from tests.continuity.load.offers import ESTABLISHMENTS, Offer, caller_of

PAUSE_SECONDS: Final = 0.3
CONCURRENT_ENROLMENTS: Final = 16
_ALIASES: Final = ("Mamie", "Papi", "Maman", "Papa")


@dataclass
class Carer:
    """A carer who is told by SMS, day and night."""

    person: str
    person_id: str
    establishment: str
    carer_id: str
    phone: str
    alias: str
    joined_at: str = ""
    leaves_at: str | None = None
    """When the revocation was first sent."""
    revoked_at: str | None = None
    """When the revocation was confirmed."""

    def shown(self) -> dict[str, Any]:
        """As run.json lists it."""
        return asdict(self)


async def register_sources(http: httpx.AsyncClient, admission: str, operator_key: str) -> dict[str, str]:
    """Register a source for each establishment, and the address of its engine; FINESS number -> key."""
    keys: dict[str, str] = {}
    for finess in ESTABLISHMENTS:
        body = {
            "name": f"continuity {finess}",
            "establishment": finess,
            "scopes": ["intake", "read", "circle"],
        }
        answer = await until_answered(
            http, "POST", f"{admission}/v1/sources", operator_key, body, waits_for={401}
        )
        source = answer.json()
        keys[finess] = source["key"]
        url = f"{admission}/v1/sources/{source['source_id']}/mllp-callers"
        await until_answered(http, "PUT", url, operator_key, {"callers": [caller_of(finess)]})
    return keys


async def enrol(
    http: httpx.AsyncClient,
    notifications: str,
    keys: dict[str, str],
    admitted: Sequence[tuple[Offer, str]],
    *,
    already: int = 0,
) -> list[Carer]:
    """Enrol a carer for each admitted person; `admitted` pairs offers with their person ids.

    `already` carers were enrolled before, so that every phone is different.
    """
    carers = [
        Carer(
            person=offer.person,
            person_id=person_id,
            establishment=offer.establishment,
            carer_id=str(uuid.uuid4()),
            phone=f"+33{639_980_000 + number}",
            alias=_ALIASES[number % len(_ALIASES)],
        )
        for number, (offer, person_id) in enumerate(admitted, already)
    ]
    free = asyncio.Semaphore(CONCURRENT_ENROLMENTS)

    async def put(carer: Carer) -> None:
        async with free:
            url = f"{notifications}/v1/persons/{carer.person_id}/circle/carers/{carer.carer_id}"
            key = keys[carer.establishment]
            # Notifications knows neither person nor key before it has applied their events.
            await until_answered(http, "PUT", url, key, _body(carer), waits_for={401, 403, 404})
            carer.joined_at = now()

    await asyncio.gather(*map(put, carers))
    return carers


async def revoke(http: httpx.AsyncClient, notifications: str, keys: dict[str, str], carer: Carer) -> None:
    """Revoke a carer's membership."""
    url = f"{notifications}/v1/persons/{carer.person_id}/circle/carers/{carer.carer_id}"
    carer.leaves_at = now()
    # 404: an earlier try succeeded, and its answer was lost.
    await until_answered(http, "DELETE", url, keys[carer.establishment], None, accepted_after_failure={404})
    carer.revoked_at = now()


async def revoke_some(
    http: httpx.AsyncClient,
    notifications: str,
    keys: dict[str, str],
    carers: Sequence[Carer],
    *,
    within_seconds: float,
) -> None:
    """Revoke one after the other, spread over the time; catches up after a fault."""
    clock = asyncio.get_running_loop().time
    began, gap = clock(), within_seconds / max(1, len(carers))
    for number, carer in enumerate(carers, 1):
        await asyncio.sleep(began + number * gap - clock())
        await revoke(http, notifications, keys, carer)


async def until_answered(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    key: str,
    body: object,
    *,
    waits_for: frozenset[int] | set[int] = frozenset(),
    accepted_after_failure: frozenset[int] | set[int] = frozenset(),
) -> httpx.Response:
    """Repeat a request until it succeeds; `waits_for` are temporary statuses, beside 429 and server errors.

    `accepted_after_failure`: statuses that count as success when an earlier try may have succeeded.
    """
    may_have_succeeded = False
    while True:
        try:
            answer = await http.request(method, url, json=body, headers={"Authorization": f"Bearer {key}"})
        except httpx.TransportError:
            may_have_succeeded = True
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        if answer.is_success or (may_have_succeeded and answer.status_code in accepted_after_failure):
            return answer
        may_have_succeeded = may_have_succeeded or answer.is_server_error
        is_busy = answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        if not is_busy and answer.status_code not in waits_for:
            answer.raise_for_status()
        await asyncio.sleep(PAUSE_SECONDS)


def _body(carer: Carer) -> dict[str, Any]:
    return {
        "alias": carer.alias,
        "channels": [{"medium": "sms", "address": carer.phone}],
        "night": True,
        "consent": {
            "given_at": "2026-11-01T10:00:00+01:00",
            "proof": {"kind": "written", "reference": carer.person},
        },
    }
