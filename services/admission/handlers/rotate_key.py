"""Gives a source another key in place of one that it has, which goes on for a while."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.manage_access import LIFE_OF_KEY, granted, publish
from services.admission.storage import sources as storage
from services.admission.storage.sources import Key
from shared.database.transaction import transaction
from shared.events.admission import KeyLimits
from shared.security.policy.keys import may_create
from shared.security.principal import Principal, new_key


@dataclass(frozen=True, slots=True)
class Rotated:
    """The new key with its secret, and when the old one ends."""

    key: Key
    secret: str
    old_ends_at: datetime


async def rotate_key(
    dependencies: Dependencies,
    key_id: UUID,
    *,
    by: Principal,
    old_ends_after: timedelta,
    expires_at: datetime | None = None,
    limits: KeyLimits | None = None,
) -> Rotated | None:
    """Rotate a key; none when this caller may rotate no such key, or it has ended.

    The source stays, so what it sent under the old key and sends again under the new one is known. The new
    key may do what the old one may.
    """
    now = dependencies.clock()
    secret, key_sha256 = new_key()
    async with transaction(dependencies.pool) as connection:
        old = await storage.lock_key(connection, key_id)
        if old is None or not may_rotate(by, old, now):
            return None
        key = replace(
            old,
            key_id=uuid4(),
            key_sha256=key_sha256,
            expires_at=expires_at or now + LIFE_OF_KEY,
            limits=limits or old.limits,
        )
        await storage.add_key(connection, key)
        ends_at = await storage.end_key(connection, key_id, at=now + old_ends_after)
        await publish(dependencies, connection, key.source_id, granted(key))
        await publish(dependencies, connection, key.source_id, granted(replace(old, expires_at=ends_at)))
    return Rotated(key, secret, ends_at)


def may_rotate(by: Principal, old: Key, now: datetime) -> bool:
    """Whether the caller may give the key's source another one that may do the same."""
    is_valid = old.revoked_at is None and (old.expires_at is None or old.expires_at > now)
    return is_valid and may_create(by, establishment=old.establishment, sites=old.sites, scopes=old.scopes)
