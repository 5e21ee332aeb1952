"""Where is each person's pathway? One document per person, replaced whole after every fold.

As `json`: kept as it was encoded, so that reading and writing it is no work for the database.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from services.pathway.domain.pathway import Pathway
from shared.database.pool import Connection, Executor

_SAVE: Final = """
UPDATE pathways SET document = s.document
FROM unnest($1::uuid[], $2::json[]) AS s (person_id, document)
WHERE pathways.person_id = s.person_id
"""

_READ: Final = "SELECT document FROM pathways WHERE person_id = $1"

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Pathway)


async def save(connection: Connection, pathways: Mapping[UUID, Pathway]) -> None:
    """Replaces the documents of persons whom the caller has locked."""
    await connection.execute(
        _SAVE,
        list(pathways),
        [_encoder.encode(pathway).decode() for pathway in pathways.values()],
    )


async def read(connection: Executor, person_id: UUID) -> Pathway | None:
    """The pathway, or none where nothing was ever stated about the person."""
    document = await connection.fetchval(_READ, person_id)
    return _decoder.decode(document) if document is not None else None
