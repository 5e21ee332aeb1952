"""Plays the day: posts every movement in order of time, adds a carer for each person, waits."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.demo import journey
from deploy.local.demo.journey import Establishment, Person
from deploy.local.demo.platform import Addresses, DemoError, Platform, Receipt, open_platform
from deploy.local.demo.requests import Post, carer, posts

_ENROL_WITHIN_SECONDS = 30.0
_SETTLE_WITHIN_SECONDS = 90.0
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Played:
    """What the day left behind."""

    persons: int
    movements: int
    last: Receipt
    last_key: str
    """The key of the establishment that posted the last movement: it may read that person."""
    obligations: Counter[str]
    unsettled: int


async def play(addresses: Addresses, people: list[Person], *, report: Callable[[int, int], None]) -> Played:
    """Play the journeys; `report(done, total)` is called after each movement.

    Raises:
        DemoError: the platform refused something, or did not take a carer in time.
    """
    now = datetime.now(UTC)
    run = f"{now:%m%d%H%M%S}"
    movements = posts(people, day_start=now - timedelta(hours=journey.DAY_HOURS), run=run)
    async with open_platform(addresses) as platform:
        for establishment in journey.ESTABLISHMENTS:
            await platform.register(establishment, sorted(_units_of(establishment, people)))
        receipts = await _post_all(platform, movements, consent_at=now, report=report)
        obligations, unsettled = await _settled(platform, movements, receipts)
    return Played(
        persons=len(people),
        movements=len(receipts),
        last=receipts[-1],
        last_key=platform.key_of(movements[-1].establishment),
        obligations=obligations,
        unsettled=unsettled,
    )


def _units_of(establishment: Establishment, people: list[Person]) -> set[str]:
    steps = (step for person in people for step in person.steps if step.establishment == establishment)
    return {step.unit for step in steps if step.unit is not None}


async def _post_all(
    platform: Platform, movements: list[Post], *, consent_at: datetime, report: Callable[[int, int], None]
) -> list[Receipt]:
    receipts: list[Receipt] = []
    enrolled: set[int] = set()
    for done, movement in enumerate(movements, start=1):
        receipt = await platform.post_movement(movement.establishment, movement.body)
        if movement.person.number not in enrolled:
            enrolled.add(movement.person.number)
            await _enrol(platform, movement, receipt.person_id, consent_at)
            await platform.accept_invitations()
        receipts.append(receipt)
        report(done, len(movements))
    return receipts


async def _enrol(platform: Platform, movement: Post, person_id: str, consent_at: datetime) -> None:
    circle = f"{person_id}/circle"
    await _put(
        platform,
        movement.establishment,
        f"{circle}/carers/{uuid.uuid4()}",
        carer(movement.person, consent_at=consent_at),
    )
    for establishment in journey.ESTABLISHMENTS:
        path = f"{circle}/professionals/{establishment.finess}"
        await _put(platform, movement.establishment, path, {"email": establishment.email})


async def _put(platform: Platform, establishment: Establishment, path: str, body: dict[str, Any]) -> None:
    for _ in range(int(_ENROL_WITHIN_SECONDS / _POLL_SECONDS * 10)):
        if await platform.put_member(establishment, path, body):
            return
        await asyncio.sleep(_POLL_SECONDS / 10)
    raise DemoError("the notifications service did not learn of a person in time: see `relais status`")


async def _settled(
    platform: Platform, movements: list[Post], receipts: list[Receipt]
) -> tuple[Counter[str], int]:
    """Ask for each receipt until nothing is pending, at most `_SETTLE_WITHIN_SECONDS`."""
    waiting = list(zip(movements, receipts, strict=True))
    obligations: Counter[str] = Counter()
    for _ in range(int(_SETTLE_WITHIN_SECONDS / _POLL_SECONDS)):
        await platform.accept_invitations()
        still_waiting = []
        for movement, receipt in waiting:
            services = await _services(platform, movement, receipt)
            counts = services["notifications"].get("obligations", {})
            if _is_settled(services, counts):
                obligations.update(counts)
            else:
                still_waiting.append((movement, receipt))
        waiting = still_waiting
        if not waiting:
            break
        await asyncio.sleep(_POLL_SECONDS)
    return obligations, len(waiting)


async def _services(platform: Platform, movement: Post, receipt: Receipt) -> dict[str, Any]:
    url = f"{platform.addresses.admission}/v1/receipts/{receipt.receipt_id}"
    services: dict[str, Any] = (await platform.get(movement.establishment, url))["services"]
    return services


_SETTLED = {"informed", "acknowledged", "handled_by_human", "superseded", "suppressed", "expired"}


def _is_settled(services: dict[str, Any], obligations: dict[str, int]) -> bool:
    applied = all(service["state"] == "applied" for service in services.values())
    return applied and all(status in _SETTLED for status, count in obligations.items() if count)
