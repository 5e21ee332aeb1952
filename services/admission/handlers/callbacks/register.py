"""Says where a source is told what becomes of its movements: begins, moves, rotates, pauses and ends it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from services.admission.domain.callbacks.news import News
from services.admission.handlers.callbacks.secrets import new_secret, seal
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.callbacks import deliveries, endpoints
from services.admission.storage.callbacks.deliveries import NewDelivery
from services.admission.storage.callbacks.endpoints import Endpoint
from shared.database.transaction import transaction
from shared.runtime.ids import new_id


@dataclass(frozen=True, slots=True)
class Shown:
    """An endpoint, how many callbacks wait for it, and how many were given up."""

    endpoint: Endpoint
    waiting: int
    given_up: int


async def register_callback(dependencies: Dependencies, source_id: UUID, url: str) -> str | None:
    """Tell the source there from now on; the secret, when it had no callback before.

    Raises `NotCallable` when nobody can be called there; nothing has changed then.
    """
    await dependencies.outbound.check(url)
    secret, wrapped_key, now = new_secret(), dependencies.vault.new_key(), dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        is_new = await endpoints.add(
            connection,
            source_id,
            url,
            wrapped_key=wrapped_key,
            secret=seal(dependencies.vault, source_id, wrapped_key, secret),
            at=now,
        )
        if not is_new:
            await endpoints.move(connection, source_id, url, at=now)
            await deliveries.begin_anew(connection, source_id, at=now)
    return secret if is_new else None


async def show_callback(dependencies: Dependencies, source_id: UUID) -> Shown | None:
    """Where the source is told, and how that goes."""
    endpoint = await endpoints.endpoint_of(dependencies.pool, source_id)
    if endpoint is None:
        return None
    return Shown(endpoint, *await deliveries.counts_of(dependencies.pool, source_id))


async def rotate_secret(dependencies: Dependencies, source_id: UUID, *, overlap: timedelta) -> str | None:
    """Sign with a new secret, and with the one before it as well for a while; none without a callback."""
    secret, now = new_secret(), dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        endpoint = await endpoints.lock(connection, source_id)
        if endpoint is None:
            return None
        sealed = seal(dependencies.vault, source_id, endpoint.wrapped_key, secret)
        await endpoints.rotate(connection, source_id, sealed, former_until=now + overlap)
    return secret


async def set_state(
    dependencies: Dependencies, source_id: UUID, state: Literal["active", "paused"]
) -> Shown | None:
    """Pause the callbacks, which wait then, or resume them, also where they were suspended."""
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        is_changed = await endpoints.set_state(connection, source_id, state, at=now)
        if is_changed and state == "active":
            await deliveries.begin_anew(connection, source_id, at=now)
    return await show_callback(dependencies, source_id)


async def send_ping(dependencies: Dependencies, source_id: UUID) -> UUID | None:
    """Send a callback about nothing, as any other is sent; its id, none without a callback."""
    if await endpoints.endpoint_of(dependencies.pool, source_id) is None:
        return None
    ping = NewDelivery(delivery_id=new_id(), source_id=source_id, receipt_id=None, news=News(type="ping"))
    async with transaction(dependencies.pool) as connection:
        await deliveries.add(connection, [ping], at=dependencies.clock())
    return ping.delivery_id


async def end_callback(dependencies: Dependencies, source_id: UUID) -> None:
    """Tell the source nothing any more, and forget what it was told."""
    async with transaction(dependencies.pool) as connection:
        await endpoints.remove(connection, source_id)
