"""Holds the SQL of how far sources have numbered what they sent, and what is missing of it."""

from collections.abc import Sequence as Numbers
from functools import reduce
from typing import Final
from uuid import UUID

import msgspec

from services.admission.domain.rhythm.sequence import Sequence, follow
from shared.database.pool import Connection, Executor

_ADD: Final = """
INSERT INTO source_sequences (source_id, sequence) VALUES ($1, '{}') ON CONFLICT (source_id) DO NOTHING
"""
_OF: Final = "SELECT sequence FROM source_sequences WHERE source_id = $1"
_CHANGE: Final = "UPDATE source_sequences SET sequence = $2 WHERE source_id = $1"


async def add(connection: Connection, source_id: UUID, numbers: Numbers[int]) -> None:
    """Note that these numbers came, in this order; holds the source's row until the commit."""
    await connection.execute(_ADD, source_id)
    known = _decoded(await connection.fetchval(f"{_OF} FOR UPDATE", source_id))
    followed = reduce(follow, numbers, known)
    await connection.execute(_CHANGE, source_id, msgspec.json.encode(followed).decode())


async def sequence_of(connection: Executor, source_id: UUID) -> Sequence:
    """What is known of the source's numbers."""
    return _decoded(await connection.fetchval(_OF, source_id))


def _decoded(stored: str | None) -> Sequence:
    return Sequence() if stored is None else msgspec.json.decode(stored, type=Sequence)
