"""Verifies the chains of every service's audit, as `relais audit verify` does, at the end of a run."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from shared.security.audit.chain import Reading, audit_key_of
from shared.spine.audit.verify import faults_of_ends, pages


async def verified_chains(databases: Mapping[str, str], audit_key: str) -> dict[str, dict[str, Any]]:
    """Service -> how many entries were read, and what is not as it was written."""
    key = audit_key_of(audit_key)
    return {service: await _verified(url, key) for service, url in databases.items()}


async def _verified(url: str, key: bytes) -> dict[str, Any]:
    connection: Any = await asyncpg.connect(url, timeout=30)
    try:
        faults, entries = await faults_of_ends(connection, key), 0
        async for count, wrong in pages(connection, Reading(key)):
            entries += count
            faults += wrong
    finally:
        await connection.close()
    return {"entries": entries, "faults": [f"{one.fault} {one.chain} {one.number}" for one in faults]}
