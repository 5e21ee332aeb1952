"""Wraps the keys of persons again under the current master key: `python -m services.<service>.rewrap`.

Nothing stands still meanwhile: every process knows both master keys, and what is sealed stays as it is.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from shared.database.pool import Pool
from shared.security.vault import Vault, beginning
from shared.spine.service.definition import AnyService
from shared.spine.service.open_to_serve import open_to_serve

_BATCH: Final = 500
_BEFORE_ALL: Final = UUID(int=0)


@dataclass
class Rewrapped:
    """What became of the keys that were not under the current master key."""

    done: int = 0
    unreadable: dict[str, list[UUID]] = field(default_factory=dict)
    """Table -> ids of its rows whose key no master key opens; they stay as they are."""


def run(service: AnyService) -> int:
    """Wrap all keys of the service again, print how many, and which could not be; 1 when there are any."""
    return asyncio.run(_rewrap(service))


async def _rewrap(service: AnyService) -> int:
    async with open_to_serve(service, service.settings.of()) as opened:
        result = await rewrap_all(opened.spine.pool, opened.dependencies.vault, service.wrapped_keys)
    unreadable = {table: list(map(str, ids)) for table, ids in result.unreadable.items()}
    said = {"service": service.name, "rewrapped": result.done, "unreadable": unreadable}
    print(json.dumps(said), flush=True)  # noqa: T201
    return 1 if unreadable else 0


async def rewrap_all(pool: Pool, vault: Vault, tables: Mapping[str, str]) -> Rewrapped:
    """Wrap again the keys of these tables (and their ids) that are not under the current master key.

    A key that was deleted or wrapped again meanwhile stays so; what was added meanwhile is walked over again.
    """
    result = Rewrapped()
    for table, key in tables.items():
        done, unreadable = await _walk(pool, vault, table, key)
        while done:
            result.done += done
            done, unreadable = await _walk(pool, vault, table, key)
        if unreadable:
            result.unreadable[table] = unreadable
    return result


async def _walk(pool: Pool, vault: Vault, table: str, key: str) -> tuple[int, list[UUID]]:
    """How many keys were wrapped again, and the ids of those that could not be read."""
    others = f"""
        SELECT {key} AS id, wrapped_key FROM {table} WHERE substr(wrapped_key, 1, $1) <> $2 AND {key} > $3
        ORDER BY {key} LIMIT {_BATCH}
    """  # noqa: S608 - names of the service's own tables
    wrap = f"""
        UPDATE {table} AS t SET wrapped_key = n.after
        FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS n (id, before, after)
        WHERE t.{key} = n.id AND t.wrapped_key = n.before
    """  # noqa: S608 - names of the service's own tables
    head, last = beginning(vault.current), _BEFORE_ALL
    done, unreadable = 0, list[UUID]()
    while rows := await pool.fetch(others, len(head), head, last):
        readable = {row["id"]: row["wrapped_key"] for row in rows if vault.opens(row["wrapped_key"])}
        unreadable += [row["id"] for row in rows if row["id"] not in readable]
        before = list(readable.values())
        await pool.execute(wrap, list(readable), before, [vault.rewrap(one) for one in before])
        done += len(readable)
        last = rows[-1]["id"]
    return done, unreadable
