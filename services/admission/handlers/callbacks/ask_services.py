"""Asks the services what became of many events at once, with the key that services have among each other."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import httpx
import msgspec
from msgspec import Struct

from services.admission.domain.receipt import ServiceOutcome
from services.admission.handlers.dependencies import Dependencies

MOST_AT_ONCE: Final = 100
ANSWERED_WITHIN_SECONDS: Final = 10.0
"""For a hundred; a receipt of one waits for less."""


class _Asked(Struct, frozen=True):
    event_ids: Sequence[UUID]


class _Outcomes(Struct, frozen=True):
    outcomes: dict[UUID, ServiceOutcome]


_NOTHING: Final = _Outcomes({})


async def ask_services(
    dependencies: Dependencies, event_ids: Mapping[str, Sequence[UUID]]
) -> dict[str, dict[UUID, ServiceOutcome]]:
    """What each service says of each event; nothing of one that does not answer."""
    answers = await asyncio.gather(
        *(_ask(dependencies, dependencies.peers[service], asked) for service, asked in event_ids.items())
    )
    return {service: answer.outcomes for service, answer in zip(event_ids, answers, strict=True)}


async def _ask(dependencies: Dependencies, url: str, event_ids: Sequence[UUID]) -> _Outcomes:
    if not event_ids:
        return _NOTHING
    try:
        answer = await dependencies.http.post(
            f"{url}/v1/events/outcomes",
            content=msgspec.json.encode(_Asked(event_ids)),
            headers={"authorization": f"Bearer {dependencies.peer_key}", "content-type": "application/json"},
            timeout=ANSWERED_WITHIN_SECONDS,
        )
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=_Outcomes)
    except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError):
        return _NOTHING
