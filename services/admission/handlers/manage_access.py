"""Who may call the services? Sources get keys here; grants and revocations are published to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args
from uuid import UUID, uuid4, uuid5

from services.admission.domain.marks import DEFAULT_TOLERANCE
from services.admission.storage import sources as storage
from services.admission.storage.sources import Key, Source
from shared.database.pool import Connection, Pool
from shared.database.transaction import transaction
from shared.events.admission import AccessGranted, AccessRevoked, Scope
from shared.events.envelope import NewEvent, Payload
from shared.events.registry import ADMISSION
from shared.runtime.clock import Clock
from shared.security.principal import Principal, new_key
from shared.spine.outbox.append import append
from shared.telemetry import tracing

ALL_SCOPES: tuple[Scope, ...] = get_args(Scope)
_OPERATORS = UUID("6b0f6a53-2f0c-4a1e-9d35-0f6a6c1f8a10")
"""Namespace for the ids of operators that come with the environment."""


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source and its key, seen this once."""

    source: Source
    key: Key
    secret: str


@dataclass(frozen=True, slots=True)
class ManageAccess:
    """Grants and revokes; the transaction that changes a key also publishes the change."""

    pool: Pool
    clock: Clock

    async def create_source(
        self, name: str, *, establishment: str | None, scopes: Sequence[Scope], tolerance_seconds: int
    ) -> NewSource:
        """A new source of an establishment (none: an operator of the platform) and its first key."""
        source = Source(
            source_id=uuid4(),
            name=name,
            establishment=establishment,
            tolerance_seconds=tolerance_seconds,
            created_at=self.clock(),
        )
        secret, key_sha256 = new_key()
        key = _key(source, key_id=uuid4(), key_sha256=key_sha256, scopes=scopes)
        await self._grant(source, key)
        return NewSource(source, key, secret)

    async def register_operator(self, key_sha256: str) -> bool:
        """Let the platform's first key in, with every scope; false when it was known, even if revoked."""
        source = Source(
            source_id=uuid5(_OPERATORS, f"source {key_sha256}"),
            name="operator",
            establishment=None,
            tolerance_seconds=int(DEFAULT_TOLERANCE.total_seconds()),
            created_at=self.clock(),
        )
        key_id = uuid5(_OPERATORS, f"key {key_sha256}")
        return await self._grant(
            source, _key(source, key_id=key_id, key_sha256=key_sha256, scopes=ALL_SCOPES)
        )

    async def revoke_key(self, key_id: UUID, *, by: Principal) -> bool:
        """End a key, once; false when there is none that this caller may end."""
        key = await storage.key_of(self.pool, key_id)
        if key is None or by.establishment not in {None, key.establishment}:
            return False
        now = self.clock()
        async with transaction(self.pool) as connection:
            if await storage.revoke_key(connection, key_id, at=now):
                await self._publish(connection, key.source_id, AccessRevoked(key_id=key_id))
        return True

    async def _grant(self, source: Source, key: Key) -> bool:
        granted = AccessGranted(
            key_id=key.key_id,
            key_sha256=key.key_sha256,
            source_id=key.source_id,
            scopes=key.scopes,
            establishment=key.establishment,
        )
        async with transaction(self.pool) as connection:
            await storage.add_source(connection, source)
            is_new = await storage.add_key(connection, key)
            if is_new:
                await self._publish(connection, source.source_id, granted)
        return is_new

    async def _publish(self, connection: Connection, source_id: UUID, data: Payload) -> None:
        now = self.clock()
        event = NewEvent(
            event_id=uuid4(),
            subject=source_id,
            occurred_at=now,
            data=data,
            trace=tracing.current_trace(),
        )
        await append(connection, publisher=ADMISSION, events=[event], recorded_at=now)


def _key(source: Source, *, key_id: UUID, key_sha256: str, scopes: Sequence[Scope]) -> Key:
    return Key(
        key_id=key_id,
        key_sha256=key_sha256,
        source_id=source.source_id,
        establishment=source.establishment,
        scopes=tuple(sorted(set(scopes))),
    )
