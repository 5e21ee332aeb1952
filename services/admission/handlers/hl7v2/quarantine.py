"""Keeps messages that were refused, sealed, until they are taken, given up or too old."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.mentions import mentions
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.hl7v2 import quarantine as storage
from services.admission.storage.hl7v2.quarantine import (
    NewQuarantined,
    QuarantinedMessage,
    SaidFinding,
    Sealed,
    State,
)
from shared.database.pool import Connection, Executor
from shared.database.transaction import transaction
from shared.security.principal import Principal

KEPT: Final = timedelta(days=30)
_CONTEXT: Final = b"hl7v2 quarantine "


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it came, and what was answered."""

    raw: bytes
    charset: str | None
    """What its transport said of it."""
    event: str
    findings: tuple[Finding, ...]


async def keep_refused(dependencies: Dependencies, refused: Refused, *, source: Principal) -> None:
    """Keep the bytes of a message that was refused, sealed."""
    vault, quarantine_id = dependencies.vault, uuid7()
    wrapped_key = vault.new_key()
    new = NewQuarantined(
        quarantine_id=quarantine_id,
        source_id=source.source_id,
        establishment=source.establishment,
        raw_index=vault.blind_index("hl7v2 message", sha256(refused.raw).hexdigest()),
        charset=refused.charset,
        event=refused.event,
        findings=msgspec.json.encode([_said(finding) for finding in refused.findings]),
        received_at=dependencies.clock(),
        wrapped_key=wrapped_key,
        record=vault.encrypt(wrapped_key, refused.raw, context=_CONTEXT + quarantine_id.bytes),
    )
    async with transaction(dependencies.pool) as connection:
        await storage.keep(connection, new)


async def list_refused(
    dependencies: Dependencies, state: State, *, operator: Principal, after: tuple[datetime, UUID], limit: int
) -> list[QuarantinedMessage]:
    """Those of the operator's establishments; all for an operator of the platform."""
    whose = None if operator.is_platform_operator else operator.establishments
    return await storage.listed(dependencies.pool, state, establishments=whose, after=after, limit=limit)


async def refused_message(
    dependencies: Dependencies, quarantine_id: UUID, *, operator: Principal
) -> tuple[Sealed, bytes] | None:
    """The message and its bytes; `None` when there is none that is the operator's."""
    found = await storage.sealed(dependencies.pool, quarantine_id)
    if found is None or not _is_own(found, operator):
        return None
    context = _CONTEXT + quarantine_id.bytes
    return found, dependencies.vault.decrypt(found.wrapped_key, found.record, context=context)


async def settle_refused(
    dependencies: Dependencies, quarantine_id: UUID, state: State, *, operator: Principal
) -> bool:
    """Say what became of it; false when there is none that is the operator's."""
    found = await storage.sealed(dependencies.pool, quarantine_id)
    if found is None or not _is_own(found, operator):
        return False
    async with transaction(dependencies.pool) as connection:
        await storage.settle(connection, quarantine_id, state, at=dependencies.clock(), by=operator.key_id)
    return True


async def forget_refused(dependencies: Dependencies) -> None:
    """Delete what came last too long ago."""
    async with transaction(dependencies.pool) as connection:
        await storage.forget(connection, before=dependencies.clock() - KEPT)


async def forget_mentioning(
    dependencies: Dependencies,
    connection: Connection,
    numbers: Collection[str],
    *,
    establishments: Collection[str],
) -> None:
    """Delete those of these establishments that name a person by one of these numbers."""
    found = await refused_mentioning(dependencies, connection, numbers, establishments=establishments)
    await storage.remove(connection, [quarantine_id for quarantine_id, _ in found])


async def refused_mentioning(
    dependencies: Dependencies,
    connection: Executor,
    numbers: Collection[str],
    *,
    establishments: Collection[str],
) -> list[tuple[UUID, bytes]]:
    """Id and bytes of those of these establishments that name a person by one of these numbers, by id."""
    found = []
    async for quarantine_id, wrapped_key, record in storage.of_establishments(connection, establishments):
        raw = dependencies.vault.decrypt(wrapped_key, record, context=_CONTEXT + quarantine_id.bytes)
        if mentions(raw, numbers):
            found.append((quarantine_id, raw))
    return found


def _is_own(found: Sealed, operator: Principal) -> bool:
    if found.establishment is None:
        return operator.is_platform_operator
    return operator.may_see(found.establishment)


def _said(finding: Finding) -> SaidFinding:
    place = finding.place
    where = "" if place is None else place.segment + (f"-{place.field}" if place.field else "")
    return SaidFinding(code=finding.code, french=finding.french, english=finding.english, place=where)
