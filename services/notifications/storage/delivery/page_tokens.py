"""Finds the obligation that a link to the carer page opens."""

from datetime import datetime
from typing import Final

from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.storage.obligations.rows import obligations_of
from shared.database.pool import Connection

_FIND: Final = """
SELECT o.* FROM page_tokens t
JOIN obligations o USING (obligation_id)
JOIN members m ON m.member_id = o.recipient_id
WHERE t.token_sha256 = $1 AND t.expires_at > $2 AND m.revoked_at IS NULL
"""


async def find(connection: Connection, token_sha256: bytes, *, now: datetime) -> Obligation | None:
    """The obligation of a token; `None` for one that is unknown, expired, or of a revoked member."""
    found = await obligations_of(connection, await connection.fetch(_FIND, token_sha256, now))
    return found[0] if found else None
