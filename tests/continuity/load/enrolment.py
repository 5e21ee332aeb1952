"""Who may be told? Sources with their keys, and carers, created before any fault; some are revoked later."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import httpx

from tests.continuity.journal import now
from tests.continuity.load.offers import ESTABLISHMENTS, Offer

PAUSE_SECONDS: Final = 0.3
AT_ONCE: Final = 16
_ALIASES: Final = ("Mamie", "Papi", "Maman", "Papa")


@dataclass
class Carer:
    """Someone who is told by SMS, day and night."""

    person: str
    person_id: str
    establishment: str
    carer_id: str
    phone: str
    alias: str
    joined_at: str = ""
    leaves_at: str | None = None
    """When their establishment began to say so,"""
    revoked_at: str | None = None
    """and when it was answered that it is so."""

    def shown(self) -> dict[str, Any]:
        """As run.json lists it."""
        return asdict(self)


async def register_sources(http: httpx.AsyncClient, admission: str, operator_key: str) -> dict[str, str]:
    """A key for each establishment."""
    keys: dict[str, str] = {}
    for finess in ESTABLISHMENTS:
        body = {
            "name": f"continuity {finess}",
            "establishment": finess,
            "scopes": ["intake", "read", "circle"],
        }
        answer = await _insist(http, "POST", f"{admission}/v1/sources", operator_key, body, waits_for={401})
        keys[finess] = answer.json()["key"]
    return keys


async def enrol(
    http: httpx.AsyncClient,
    notifications: str,
    keys: dict[str, str],
    admitted: Sequence[tuple[Offer, str]],
    *,
    already: int = 0,
) -> list[Carer]:
    """A carer for each admitted person; `admitted` are offers and the ids their persons were given.

    So many others were enrolled `already`: every phone is another one.
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
    free = asyncio.Semaphore(AT_ONCE)

    async def put(carer: Carer) -> None:
        async with free:
            url = f"{notifications}/v1/persons/{carer.person_id}/circle/carers/{carer.carer_id}"
            key = keys[carer.establishment]
            # Neither the person nor the key is known there before their events have come.
            await _insist(http, "PUT", url, key, _body(carer), waits_for={401, 403, 404})
            carer.joined_at = now()

    await asyncio.gather(*map(put, carers))
    return carers


async def revoke(http: httpx.AsyncClient, notifications: str, keys: dict[str, str], carer: Carer) -> None:
    """From now on this carer is told nothing."""
    url = f"{notifications}/v1/persons/{carer.person_id}/circle/carers/{carer.carer_id}"
    carer.leaves_at = now()
    # 404: an earlier try did it, and its answer was lost.
    await _insist(http, "DELETE", url, keys[carer.establishment], None, satisfied_when_in_doubt={404})
    carer.revoked_at = now()


async def revoke_some(
    http: httpx.AsyncClient,
    notifications: str,
    keys: dict[str, str],
    carers: Sequence[Carer],
    *,
    within_seconds: float,
) -> None:
    """One after the other, spread over the time; what a fault holds up is caught up on."""
    clock = asyncio.get_running_loop().time
    began, gap = clock(), within_seconds / max(1, len(carers))
    for number, carer in enumerate(carers, 1):
        await asyncio.sleep(began + number * gap - clock())
        await revoke(http, notifications, keys, carer)


async def _insist(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    key: str,
    body: object,
    *,
    waits_for: frozenset[int] | set[int] = frozenset(),
    satisfied_when_in_doubt: frozenset[int] | set[int] = frozenset(),
) -> httpx.Response:
    """The answer, once it is a good one; `waits_for` are statuses that will pass.

    `satisfied_when_in_doubt`: those that are good when nobody knows what became of an earlier try.
    """
    in_doubt = False
    while True:
        try:
            answer = await http.request(method, url, json=body, headers={"Authorization": f"Bearer {key}"})
        except httpx.TransportError:
            in_doubt = True
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        if answer.is_success or (in_doubt and answer.status_code in satisfied_when_in_doubt):
            return answer
        in_doubt = in_doubt or answer.is_server_error
        if not answer.is_server_error and answer.status_code not in waits_for:
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
