"""Holds the SQL that says which callers of MLLP are whose."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.admission.domain.hl7v2.callers import Binding, caller_of
from shared.database.pool import Connection, Executor

_ALL: Final = "SELECT caller, source_id FROM mllp_callers ORDER BY caller"
_OF: Final = "SELECT caller FROM mllp_callers WHERE source_id = $1 ORDER BY caller"
_END: Final = "DELETE FROM mllp_callers WHERE source_id = $1 AND caller <> ALL ($2::text[])"
_BEGIN: Final = """
INSERT INTO mllp_callers (caller, source_id, allowed_at)
SELECT caller, $1, $3 FROM unnest($2::text[]) AS caller
ON CONFLICT (caller) DO NOTHING
"""
_OTHERS: Final = "SELECT caller FROM mllp_callers WHERE caller = ANY ($2::text[]) AND source_id <> $1"


async def all_callers(connection: Executor) -> list[Binding]:
    """Every caller, and whose it is."""
    rows = await connection.fetch(_ALL)
    read = [(caller_of(row["caller"]), row["source_id"]) for row in rows]
    return [Binding(source_id=whose, network=network, certificate=own) for (network, own), whose in read]


async def callers_of(connection: Executor, source_id: UUID) -> list[str]:
    """Those of a source."""
    return [row["caller"] for row in await connection.fetch(_OF, source_id)]


async def put_callers(
    connection: Connection, source_id: UUID, callers: Collection[str], *, at: datetime
) -> Sequence[str]:
    """Let these and no others be the source's; those that are another's, and so were not made its own."""
    wanted = list(callers)
    await connection.execute(_END, source_id, wanted)
    await connection.execute(_BEGIN, source_id, wanted, at)
    return [row["caller"] for row in await connection.fetch(_OTHERS, source_id, wanted)]
