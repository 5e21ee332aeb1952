"""Wraps the keys of persons again under the current master key: `python -m services.<service>.rewrap`.

Nothing stands still meanwhile: every process knows both master keys, and what is sealed stays as it is.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Final

from shared.database.pool import Pool
from shared.security.vault import Vault
from shared.spine.service.definition import AnyService
from shared.spine.service.opening import open_service

_BATCH: Final = 500


def run(service: AnyService) -> int:
    """Wrap all keys of the service again, print how many, and return the exit code."""
    return asyncio.run(_rewrap(service))


async def _rewrap(service: AnyService) -> int:
    async with open_service(service, service.settings.of()) as opened:
        done = await rewrap_all(opened.spine.pool, opened.dependencies.vault, service.wrapped_keys)
    print(json.dumps({"service": service.name, "rewrapped": done}), flush=True)  # noqa: T201
    return 0


async def rewrap_all(pool: Pool, vault: Vault, tables: Mapping[str, str]) -> int:
    """How many keys of these tables (and their ids) are under the current master key that were not.

    A key that was deleted or wrapped again meanwhile stays so.
    """
    done, head = 0, vault.current_head
    for table, key in tables.items():
        others = f"""
            SELECT {key}, wrapped_key FROM {table} WHERE substr(wrapped_key, 1, $1) <> $2
            ORDER BY {key} LIMIT {_BATCH}
        """  # noqa: S608 - names of the service's own tables
        wrap = f"""
            UPDATE {table} AS t SET wrapped_key = n.after
            FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS n (id, before, after)
            WHERE t.{key} = n.id AND t.wrapped_key = n.before
        """  # noqa: S608 - names of the service's own tables
        # Those without an id have no head: their first byte tells them.
        length, wanted = (len(head), head) if head else (1, b"\x01")
        while rows := await pool.fetch(others, length, wanted):
            before = [row["wrapped_key"] for row in rows]
            await pool.execute(
                wrap, [row[key] for row in rows], before, [vault.rewrap(one) for one in before]
            )
            done += len(rows)
    return done
