import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.security.principal import new_key
from shared.spine.access.api_keys import (
    MAX_SECONDS_REMEMBERED,
    NOTED_EVERY,
    UNKNOWN_AT_ONCE,
    ApiKeyAuthenticator,
)

KEY, KEY_SHA256 = new_key()
HEADER = f"Bearer {KEY}"


class KeyTable:
    """Answers the one query, and counts."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, object]] = {}
        self.lookups = 0
        self.noted: list[object] = []

    def grant(self, key_sha256: str, **given: object) -> None:
        self.rows[key_sha256] = {
            "key_id": UUID(int=2),
            "source_id": UUID(int=1),
            "establishment": None,
            "scopes": ["read"],
            "sites": [],
            "expires_at": None,
            "last_used_at": None,
            "requests_per_second": None,
            "concurrent_requests": None,
            "bytes_per_minute": None,
            **given,
        }

    async def fetchrow(self, _query: str, *args: object) -> Any:
        self.lookups += 1
        await asyncio.sleep(0)
        return self.rows.get(str(args[0]))

    async def execute(self, _query: str, *args: object) -> str:
        self.noted.append(args[1])
        self.rows[str(args[0])]["last_used_at"] = args[1]
        return ""

    async def executemany(self, command: str, args: Sequence[Sequence[object]]) -> None:
        raise NotImplementedError

    async def fetch(self, query: str, *args: object) -> list[Any]:
        raise NotImplementedError

    async def fetchval(self, query: str, *args: object) -> Any:
        raise NotImplementedError


class HandMovedClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def table() -> KeyTable:
    return KeyTable()


@pytest.fixture
def clock() -> HandMovedClock:
    return HandMovedClock()


@pytest.fixture
def authenticator(table: KeyTable, clock: HandMovedClock) -> ApiKeyAuthenticator:
    return ApiKeyAuthenticator(table, seconds=clock)


async def test_a_granted_key_is_recognised(authenticator: ApiKeyAuthenticator, table: KeyTable) -> None:
    table.grant(KEY_SHA256)
    principal = await authenticator.authenticate(HEADER)
    assert principal is not None
    assert principal.scopes == {"read"}
    assert principal.key_id == UUID(int=2)


async def test_a_new_key_works_at_once_though_it_was_refused_before(
    authenticator: ApiKeyAuthenticator, table: KeyTable
) -> None:
    assert await authenticator.authenticate(HEADER) is None
    table.grant(KEY_SHA256)
    assert await authenticator.authenticate(HEADER) is not None


async def test_a_known_key_is_looked_up_once_in_a_while(
    authenticator: ApiKeyAuthenticator, table: KeyTable
) -> None:
    table.grant(KEY_SHA256)
    for _ in range(10):
        await authenticator.authenticate(HEADER)
    assert table.lookups == 1


async def test_a_revoked_key_dies_when_it_is_no_longer_remembered(
    authenticator: ApiKeyAuthenticator, table: KeyTable, clock: HandMovedClock
) -> None:
    assert MAX_SECONDS_REMEMBERED <= 5
    table.grant(KEY_SHA256)
    await authenticator.authenticate(HEADER)
    table.rows.clear()
    clock.now += MAX_SECONDS_REMEMBERED
    assert await authenticator.authenticate(HEADER) is None


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", KEY, f"Basic {KEY}", f"Bearer {KEY}é", f"Bearer {'x' * 10_000}"],
    ids=["none", "empty", "no key", "blank key", "no scheme", "other scheme", "no ascii", "too long"],
)
async def test_what_is_no_bearer_key_is_not_even_looked_up(
    authenticator: ApiKeyAuthenticator, table: KeyTable, header: str | None
) -> None:
    table.grant(KEY_SHA256)
    assert await authenticator.authenticate(header) is None
    assert table.lookups == 0


async def test_the_memory_is_bounded(table: KeyTable, clock: HandMovedClock) -> None:
    authenticator = ApiKeyAuthenticator(table, seconds=clock, max_remembered=2)
    granted = [new_key() for _ in range(5)]
    for key, key_sha256 in granted:
        table.grant(key_sha256)
        await authenticator.authenticate(f"Bearer {key}")
    await authenticator.authenticate(f"Bearer {granted[0][0]}")
    assert table.lookups == len(granted) + 1


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


async def test_many_that_come_with_the_same_new_key_ask_once(table: KeyTable, clock: HandMovedClock) -> None:
    table.grant(KEY_SHA256)
    authenticator = ApiKeyAuthenticator(table, seconds=clock)
    together = await asyncio.gather(*(authenticator.authenticate(HEADER) for _ in range(100)))
    assert all(together)
    assert table.lookups <= UNKNOWN_AT_ONCE


async def test_when_a_key_was_last_used_is_noted_once_an_hour(table: KeyTable) -> None:
    table.grant(KEY_SHA256)
    now = NOW

    async def used() -> None:
        await ApiKeyAuthenticator(table, clock=lambda: now).authenticate(HEADER)

    for _ in range(5):
        await used()
    assert table.noted == [NOW]
    now += NOTED_EVERY + timedelta(seconds=1)
    await used()
    assert table.noted == [NOW, now]


@pytest.mark.parametrize(
    ("ends_in", "warned"), [(None, False), (timedelta(days=31), False), (timedelta(days=29), True)]
)
async def test_a_key_that_ends_soon_is_told_so(
    table: KeyTable, ends_in: timedelta | None, warned: bool
) -> None:
    table.grant(KEY_SHA256, expires_at=None if ends_in is None else NOW + ends_in)
    principal = await ApiKeyAuthenticator(table, clock=lambda: NOW).authenticate(HEADER)
    assert principal is not None
    assert (principal.expires_soon_at is not None) == warned
