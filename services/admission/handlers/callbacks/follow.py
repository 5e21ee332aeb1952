"""Finds what sources are to be told: asks the services about their movements, and keeps what is new."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.admission.domain.callbacks.news import (
    News,
    Outcomes,
    is_settled,
    news_of,
    next_look,
    told_after,
)
from services.admission.domain.receipt import ServiceOutcome
from services.admission.handlers.callbacks.ask_services import MOST_AT_ONCE, ask_services
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.callbacks import deliveries, followed
from services.admission.storage.callbacks.deliveries import NewDelivery
from services.admission.storage.callbacks.followed import Followed
from shared.database.transaction import transaction
from shared.runtime.ids import new_id

_LEASE: Final = timedelta(minutes=1)


async def follow_movements(dependencies: Dependencies) -> int:
    """Look at the movements whose time has come; how many those were, at most `MOST_AT_ONCE`.

    No transaction is held while the services are asked.
    """
    now = dependencies.clock()
    lease_until = now + _LEASE
    async with transaction(dependencies.pool) as connection:
        claimed = await followed.claim(connection, now=now, lease_until=lease_until, limit=MOST_AT_ONCE)
    if claimed:
        services = list(dependencies.peers) if dependencies.peer_key else []
        answers = await ask_services(dependencies, _to_ask(claimed, services))
        await _keep(dependencies, claimed, answers, services, lease_until)
    return len(claimed)


def _to_ask(claimed: Sequence[Followed], services: Sequence[str]) -> dict[str, list[UUID]]:
    """Of a new movement nobody is asked: that it is accepted is told at once."""
    return {
        service: [
            each.event_id
            for each in claimed
            if each.is_wanted and each.told is not None and not is_settled(each.told, service)
        ]
        for service in services
    }


async def _keep(
    dependencies: Dependencies,
    claimed: Sequence[Followed],
    answers: Mapping[str, Mapping[UUID, ServiceOutcome]],
    services: Sequence[str],
    lease_until: datetime,
) -> None:
    now, news = dependencies.clock(), list[NewDelivery]()
    ends, told, looks = list[UUID](), dict[UUID, Outcomes](), dict[UUID, datetime]()
    async with transaction(dependencies.pool) as connection:
        mine = await followed.still_claimed(
            connection, [each.event_id for each in claimed], lease_until=lease_until
        )
        for each in claimed:
            if each.event_id not in mine:
                continue
            found = {
                service: said[each.event_id] for service, said in answers.items() if each.event_id in said
            }
            news += [_delivery(each, one) for one in _news(each, found)]
            known = told_after(each.told or {}, found)
            look = next_look(each.accepted_at, now)
            is_over = each.told is not None and all(is_settled(known, service) for service in services)
            if look is None or is_over or not each.is_wanted:
                ends.append(each.event_id)
            else:
                told[each.event_id], looks[each.event_id] = known, look
        await deliveries.add(connection, news, at=now)
        await followed.end(connection, ends)
        await followed.keep(connection, list(told), told=list(told.values()), look_at=list(looks.values()))


def _news(each: Followed, found: Outcomes) -> list[News]:
    if not each.is_wanted:
        return []
    return [News(type="movement.accepted")] if each.told is None else news_of(each.told, found)


def _delivery(each: Followed, news: News) -> NewDelivery:
    return NewDelivery(delivery_id=new_id(), source_id=each.source_id, receipt_id=each.receipt_id, news=news)
