"""Whoever can write to the bus can have nobody forgotten."""

from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.events.erasure import PersonErased
from shared.security.signatures import Signer, Verifier, keys_of
from shared.spine.erasure.erased import erased_among, erased_persons
from shared.spine.records.received import EventRejected
from shared.testing.records import received

pytestmark = pytest.mark.services

PERSON, OTHER, ERASURE = UUID(int=1), UUID(int=2), UUID(int=3)
NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIGNER, FORGER = Signer("2026", bytes(range(32))), Signer("2026", bytes(32))
ERASED: Final = SIGNER.erased(PERSON, ERASURE)
SERVICE: Final = SimpleNamespace(
    clock=lambda: NOW, grants=Verifier(keys_of(SIGNER.public_key, variable="KEYS"))
)


async def _state(pool: Pool, stated: PersonErased, *, of: UUID) -> list[UUID]:
    async with transaction(pool) as connection:
        return await erased_persons(SERVICE, connection, [received(stated, subject=of)])


FORGED: Final = [
    (FORGER.erased(PERSON, ERASURE), PERSON),
    (ERASED, OTHER),
    (replace(ERASED, erasure_id=OTHER), PERSON),
    (replace(ERASED, signature=""), PERSON),
]


@pytest.mark.parametrize("service", ["pathway", "notifications", "indicators"])
@pytest.mark.parametrize(("forged", "of"), FORGED)
async def test_no_service_does_anything_on_a_forged_one(service: str, forged: PersonErased, of: UUID) -> None:
    route = import_module(f"services.{service}.consumers").ROUTES[PersonErased]
    without_database: Any = None
    with pytest.raises(EventRejected, match="not signed by a known key"):
        await route(SERVICE, without_database, [received(forged, subject=of)])


async def test_whom_admission_erased_is_erased(notifications: Pool) -> None:
    assert await _state(notifications, ERASED, of=PERSON) == [PERSON]
    assert await _state(notifications, ERASED, of=PERSON) == [PERSON]
    assert await erased_among(notifications, [PERSON, OTHER]) == {PERSON}


@pytest.mark.parametrize(
    ("forged", "of"),
    FORGED,
    ids=["signed by another", "of another person", "changed", "unsigned"],
)
async def test_a_forged_erasure_is_rejected_and_erases_nobody(
    notifications: Pool, forged: PersonErased, of: UUID
) -> None:
    with pytest.raises(EventRejected, match="not signed by a known key"):
        await _state(notifications, forged, of=of)
    assert await erased_among(notifications, [PERSON, OTHER]) == set()
