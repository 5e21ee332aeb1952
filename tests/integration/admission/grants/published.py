"""Reads the grants that admission published, as consumers that verify them do."""

from datetime import datetime
from uuid import UUID

import msgspec

from shared.events.registry import PAYLOADS
from shared.events.relations import RelationEnded, RelationGranted
from shared.security.signatures import Signer, Verifier, keys_of
from tests.integration.admission.running import SIGNING_KEY, Admission

KNOWN = Verifier(keys_of(Signer("test", SIGNING_KEY).public_key, variable="KEYS"))
_RELATIONS = "SELECT subject, type, data FROM ledger WHERE type LIKE '%relation-%' ORDER BY id"


async def published(admission: Admission) -> list[tuple[UUID, RelationGranted | RelationEnded]]:
    """Subject and content, oldest first; each of them has to be signed."""
    found = []
    for row in await admission.rows(_RELATIONS):
        relation = msgspec.json.decode(row["data"], type=PAYLOADS[row["type"]])
        assert isinstance(relation, RelationGranted | RelationEnded)
        assert KNOWN.is_valid(row["subject"], relation)
        found.append((row["subject"], relation))
    return found


async def in_force(admission: Admission) -> dict[UUID, RelationGranted]:
    """Subject -> the one grant that it has, by the highest revision; nothing for one that ended."""
    newest: dict[tuple[UUID, UUID], RelationGranted | RelationEnded] = {}
    for subject, relation in await published(admission):
        known = newest.get((subject, relation.grant_id))
        if known is None or known.revision < relation.revision:
            newest[subject, relation.grant_id] = relation
    return {
        subject: relation
        for (subject, _), relation in newest.items()
        if isinstance(relation, RelationGranted)
    }


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
