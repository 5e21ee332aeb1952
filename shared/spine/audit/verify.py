"""Verifies what the audit holds: every chain and every head, or a part of them at a time."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from shared.database.pool import Executor
from shared.security.audit.chain import Finding, Reading
from shared.security.audit.heads import faults_of_heads, faults_of_tips
from shared.spine.audit import entries as storage

PAGE: Final = 5000
_BEGINNING: Final = (UUID(int=0), 0)


async def faults_of_ends(
    connection: Executor, key: bytes, *, remembered: tuple[int, bytes] | None = None
) -> list[Finding]:
    """What is wrong with the heads, and with the ends of chains that they name."""
    heads = await storage.heads(connection)
    tips = [tip for head in heads for tip in head.tips]
    stored = await storage.digests_of(connection, tips) if tips else {}
    return [*faults_of_heads(key, heads, remembered=remembered), *faults_of_tips(heads, stored)]


async def pages(connection: Executor, reading: Reading) -> AsyncIterator[tuple[int, list[Finding]]]:
    """How many entries follow the place of the reading, page by page, and what is wrong with them."""
    while True:
        place = _BEGINNING if reading.place is None else reading.place[:2]
        read = await storage.after(connection, place, limit=PAGE)
        if not read:
            return
        yield len(read), list(reading.read(read))
