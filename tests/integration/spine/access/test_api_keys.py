"""The replica of the keys ends up the same, whatever the order in which admission's events come."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.events.admission import AccessGranted, AccessRevoked, KeyLimits
from shared.events.envelope import Payload
from shared.security.principal import new_key
from shared.spine.access.api_keys import ApiKeyAuthenticator, on_access_granted, on_access_revoked
from shared.spine.access.last_used import KeyUsed, keys_used
from shared.spine.records.received import EventRejected
from shared.testing.records import received

pytestmark = pytest.mark.services

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SOURCE = UUID(int=3)
KEY, KEY_SHA256 = new_key()
GRANTED = AccessGranted(
    key_id=UUID(int=1), key_sha256=KEY_SHA256, source_id=SOURCE, scopes=("read",), establishment="690784137"
)
REVOKED = AccessRevoked(key_id=UUID(int=1))


async def _apply(pool: Pool, payloads: Sequence[Payload]) -> None:
    for payload in payloads:
        route = on_access_granted if isinstance(payload, AccessGranted) else on_access_revoked
        async with transaction(pool) as connection:
            await route(None, connection, [received(payload, subject=SOURCE)])


async def test_a_granted_key_opens_with_its_scopes_and_its_establishment(pool: Pool) -> None:
    await _apply(pool, [GRANTED])
    principal = await ApiKeyAuthenticator(pool).authenticate(f"Bearer {KEY}")
    assert principal is not None
    assert (principal.source_id, principal.establishment) == (SOURCE, "690784137")
    assert principal.scopes == {"read"}


async def test_a_key_may_be_bound_to_several_sites(pool: Pool) -> None:
    await _apply(pool, [replace(GRANTED, sites=("690784152",))])
    principal = await ApiKeyAuthenticator(pool).authenticate(f"Bearer {KEY}")
    assert principal is not None
    assert principal.establishments == ["690784137", "690784152"]


async def test_another_key_does_not_open(pool: Pool) -> None:
    await _apply(pool, [GRANTED])
    assert await ApiKeyAuthenticator(pool).authenticate(f"Bearer {new_key()[0]}") is None


@pytest.mark.parametrize("order", set(itertools.permutations([GRANTED, GRANTED, REVOKED, REVOKED])))
async def test_a_revoked_key_stays_dead_in_any_order_and_repetition(
    pool: Pool, order: Sequence[Payload]
) -> None:
    await _apply(pool, order)
    assert await ApiKeyAuthenticator(pool).authenticate(f"Bearer {KEY}") is None


async def test_a_revocation_says_nothing_of_other_keys(pool: Pool) -> None:
    await _apply(pool, [AccessRevoked(key_id=UUID(int=2)), AccessRevoked(key_id=UUID(int=4)), GRANTED])
    assert await ApiKeyAuthenticator(pool).authenticate(f"Bearer {KEY}") is not None


async def test_no_source_grants_ends_or_revokes_a_key_of_another_one(pool: Pool) -> None:
    await _apply(pool, [GRANTED])
    other = UUID(int=4)
    ended = replace(GRANTED, source_id=other, expires_at=NOW)
    async with transaction(pool) as connection:
        await on_access_granted(None, connection, [received(ended, subject=other)])
        await on_access_revoked(None, connection, [received(REVOKED, subject=other)])
    assert await ApiKeyAuthenticator(pool).authenticate(f"Bearer {KEY}") is not None
    async with transaction(pool) as connection:
        with pytest.raises(EventRejected, match="of another source"):
            await on_access_granted(None, connection, [received(GRANTED, subject=other)])


async def test_many_keys_of_one_batch_are_granted_at_once(pool: Pool) -> None:
    made = [new_key() for _ in range(3)]
    granted = [
        AccessGranted(key_id=UUID(int=n), key_sha256=key_sha256, source_id=SOURCE, scopes=("intake", "read"))
        for n, (_, key_sha256) in enumerate(made)
    ]
    async with transaction(pool) as connection:
        await on_access_granted(None, connection, [received(one, subject=SOURCE) for one in granted])
    authenticator = ApiKeyAuthenticator(pool)
    assert all([await authenticator.authenticate(f"Bearer {key}") for key, _ in made])


SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=2)


@pytest.mark.parametrize(
    "order",
    set(
        itertools.permutations(
            [GRANTED, replace(GRANTED, expires_at=LATER), replace(GRANTED, expires_at=SOON)]
        )
    ),
)
async def test_a_key_ends_at_the_earliest_of_its_times_in_any_order(
    pool: Pool, order: Sequence[Payload]
) -> None:
    await _apply(pool, order)

    async def opens(at: datetime) -> bool:
        authenticator = ApiKeyAuthenticator(pool, clock=lambda: at)
        return await authenticator.authenticate(f"Bearer {KEY}") is not None

    assert [await opens(at) for at in (NOW, SOON - timedelta(seconds=1), SOON, LATER)] == [
        True,
        True,
        False,
        False,
    ]


async def test_a_key_brings_its_limits_and_says_when_it_was_used(pool: Pool) -> None:
    limits = KeyLimits(requests_per_second=5, concurrent_requests=2, bytes_per_minute=4096)
    await _apply(pool, [replace(GRANTED, limits=limits)])
    principal = await ApiKeyAuthenticator(pool, clock=lambda: NOW).authenticate(f"Bearer {KEY}")
    assert principal is not None
    assert principal.limits == limits
    assert await keys_used(pool) == (KeyUsed(key_id=GRANTED.key_id, last_used_at=NOW),)
