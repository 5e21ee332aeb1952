"""Creates sources with their keys, and revokes keys; each change is published in its own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID, uuid4, uuid5

from services.admission.domain.checks import DEFAULT_TOLERANCE
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage import sources as storage
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.directory.establishments import registered_sites
from services.admission.storage.sources import Key, Source
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.events.admission import UNLIMITED, AccessGranted, AccessRevoked, KeyLimits, Scope
from shared.events.envelope import NewEvent, Payload
from shared.events.registry import ADMISSION
from shared.security.principal import Principal, new_key
from shared.spine.outbox.append import append
from shared.telemetry import tracing

ALL_SCOPES: tuple[Scope, ...] = get_args(Scope)
LIFE_OF_KEY = timedelta(days=365)
_OPERATORS = UUID("6b0f6a53-2f0c-4a1e-9d35-0f6a6c1f8a10")
"""Namespace for the ids of operators that come with the environment."""


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source and its key; `secret` is the key itself, which is stored nowhere."""

    source: Source
    key: Key
    secret: str


async def create_source(
    dependencies: Dependencies,
    name: str,
    *,
    establishment: str | None,
    scopes: Sequence[Scope],
    tolerance_seconds: int,
    sites: Sequence[str] = (),
    expires_at: datetime | None = None,
    limits: KeyLimits = UNLIMITED,
) -> NewSource:
    """Create a source of an establishment (`None`: an operator of the platform) and its first key.

    The key is bound to the sites, too; `foreign_sites` says which cannot be. It ends after `LIFE_OF_KEY`, or
    when it is said.
    """
    now = dependencies.clock()
    source = Source(
        source_id=uuid4(),
        name=name,
        establishment=establishment,
        tolerance_seconds=tolerance_seconds,
        created_at=now,
    )
    secret, key_sha256 = new_key()
    key = replace(
        _key(source, key_id=uuid4(), key_sha256=key_sha256, scopes=scopes, sites=sites),
        expires_at=expires_at or now + LIFE_OF_KEY,
        limits=limits,
    )
    await _grant(dependencies, source, key)
    return NewSource(source, key, secret)


async def foreign_sites(dependencies: Dependencies, establishment: str, sites: Sequence[str]) -> set[str]:
    """Those that the directory does not list as sites of the establishment's legal entity."""
    known = await affiliations_of(dependencies.pool, [establishment])
    entity = known[establishment].legal_entity or establishment
    registered = await registered_sites(dependencies.pool, entity, sites)
    return {*sites} - registered - {entity, establishment}


async def register_operator(dependencies: Dependencies, key_sha256: str) -> bool:
    """Register the platform's first key, with every scope; false when it was known, even if revoked."""
    source = Source(
        source_id=uuid5(_OPERATORS, f"source {key_sha256}"),
        name="operator",
        establishment=None,
        tolerance_seconds=int(DEFAULT_TOLERANCE.total_seconds()),
        created_at=dependencies.clock(),
    )
    key_id = uuid5(_OPERATORS, f"key {key_sha256}")
    key = _key(source, key_id=key_id, key_sha256=key_sha256, scopes=ALL_SCOPES)
    return await _grant(dependencies, source, key)


async def revoke_key(dependencies: Dependencies, key_id: UUID, *, by: Principal) -> bool:
    """Revoke a key, once; false when this caller may revoke no such key."""
    key = await storage.key_of(dependencies.pool, key_id)
    if key is None or by.establishment not in {None, key.establishment}:
        return False
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        if await storage.revoke_key(connection, key_id, at=now):
            await publish(dependencies, connection, key.source_id, AccessRevoked(key_id=key_id))
    return True


async def _grant(dependencies: Dependencies, source: Source, key: Key) -> bool:
    async with transaction(dependencies.pool) as connection:
        await storage.add_source(connection, source)
        is_new = await storage.add_key(connection, key)
        if is_new:
            await publish(dependencies, connection, source.source_id, granted(key))
    return is_new


def granted(key: Key) -> AccessGranted:
    """What the other services must know of a key."""
    return AccessGranted(
        key_id=key.key_id,
        key_sha256=key.key_sha256,
        source_id=key.source_id,
        scopes=key.scopes,
        establishment=key.establishment,
        sites=key.sites,
        expires_at=key.expires_at,
        limits=key.limits,
    )


async def publish(dependencies: Dependencies, connection: Connection, source_id: UUID, data: Payload) -> None:
    """Publish what became of a key, in the transaction in which it did."""
    now = dependencies.clock()
    event = NewEvent(
        event_id=uuid4(),
        subject=source_id,
        occurred_at=now,
        data=data,
        trace=tracing.current_trace(),
    )
    await append(connection, publisher=ADMISSION, events=[event], recorded_at=now)


def _key(
    source: Source, *, key_id: UUID, key_sha256: str, scopes: Sequence[Scope], sites: Sequence[str] = ()
) -> Key:
    return Key(
        key_id=key_id,
        key_sha256=key_sha256,
        source_id=source.source_id,
        establishment=source.establishment,
        scopes=tuple(sorted(set(scopes))),
        sites=tuple(sorted({*sites} - {source.establishment})),
    )
