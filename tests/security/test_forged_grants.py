"""Whoever can write to the bus can grant nothing, and undo nothing that was ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from msgspec.structs import replace

from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.events.relations import RelationEnded, RelationGranted
from shared.security.signatures import Signer, Verifier, keys_of
from shared.spine.access.relations import GrantedRelation, on_relations, relations_of
from shared.spine.records.received import EventRejected
from shared.testing.records import received

pytestmark = pytest.mark.services

PERSON, GRANT_ID = UUID(int=1), UUID(int=7)
READER, OWNER, STRANGER = "690784137", "750000002", "940000045"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIGNER, FORGER = Signer("2026", bytes(range(32))), Signer("2026", bytes(32))
UNSIGNED = RelationGranted(
    grant_id=GRANT_ID,
    revision=1,
    basis="team",
    establishments=(READER,),
    of=(OWNER,),
    begins_at=NOW,
    ends_at=NOW + timedelta(days=30),
    key_id="2026",
    signature="",
)
GRANT, END = SIGNER.granted(PERSON, UNSIGNED), SIGNER.ended(PERSON, GRANT_ID, 2)


@dataclass(frozen=True)
class _Service:
    grants: Verifier


SERVICE = _Service(Verifier(keys_of(SIGNER.public_key, variable="KEYS")))


async def _state(pool: Pool, stated: RelationGranted | RelationEnded, *, of: UUID = PERSON) -> None:
    async with transaction(pool) as connection:
        await on_relations(SERVICE, connection, [received(stated, subject=of)])


async def _seen(pool: Pool, by: str = READER, *, at: datetime = NOW) -> list[GrantedRelation]:
    return await relations_of(pool, [PERSON], [by], at=at)


async def test_a_signed_grant_counts_for_those_whom_it_names_while_it_lasts(notifications: Pool) -> None:
    await _state(notifications, GRANT)
    [relation] = await _seen(notifications)
    assert relation.basis == "team"
    assert relation.of == frozenset({OWNER})
    assert await _seen(notifications, STRANGER) == []
    assert await _seen(notifications, at=NOW - timedelta(seconds=1)) == []
    assert await _seen(notifications, at=NOW + timedelta(days=30)) == []


@pytest.mark.parametrize(
    "forged",
    [UNSIGNED, FORGER.granted(PERSON, UNSIGNED), replace(GRANT, establishments=(STRANGER,))],
    ids=["unsigned", "signed by another", "changed"],
)
async def test_a_forged_grant_is_rejected_and_leaves_nothing(
    notifications: Pool, forged: RelationGranted
) -> None:
    with pytest.raises(EventRejected, match="not signed by a known key"):
        await _state(notifications, forged)
    assert await _seen(notifications) == await _seen(notifications, STRANGER) == []


async def test_a_grant_about_one_person_is_none_about_another(notifications: Pool) -> None:
    with pytest.raises(EventRejected):
        await _state(notifications, SIGNER.granted(UUID(int=2), UNSIGNED))


@pytest.mark.parametrize("order", set(permutations([GRANT, GRANT, END])))
async def test_what_ended_stays_ended_in_any_order_and_replayed(
    notifications: Pool, order: Sequence[RelationGranted | RelationEnded]
) -> None:
    for stated in order:
        await _state(notifications, stated)
    assert await _seen(notifications) == []


async def test_a_forged_end_ends_nothing(notifications: Pool) -> None:
    await _state(notifications, GRANT)
    with pytest.raises(EventRejected):
        await _state(notifications, FORGER.ended(PERSON, GRANT_ID, 2))
    assert len(await _seen(notifications)) == 1


async def test_a_network_is_granted_once_for_all_persons(notifications: Pool) -> None:
    network = UUID(int=8)
    unsigned = replace(UNSIGNED, grant_id=network, basis="network", establishments=(READER, OWNER))
    await _state(notifications, SIGNER.granted(network, unsigned), of=network)
    [relation] = await relations_of(notifications, [UUID(int=5)], [READER], at=NOW)
    assert relation.establishments == frozenset({READER, OWNER})
