"""Which obligation does a link open? Found by the digest of its token, while it is valid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.storage.obligations.rows import obligations_of
from shared.database.pool import Connection

_ADD: Final = """
INSERT INTO page_tokens (token_sha256, obligation_id, expires_at)
SELECT t.*, $3 FROM unnest($1::bytea[], $2::uuid[]) AS t
ON CONFLICT (token_sha256) DO UPDATE SET expires_at = excluded.expires_at
"""

_FIND: Final = """
SELECT o.* FROM page_tokens t
JOIN obligations o USING (obligation_id)
JOIN members m ON m.member_id = o.recipient_id
WHERE t.token_sha256 = $1 AND t.expires_at > $2 AND m.revoked_at IS NULL
"""


async def add(connection: Connection, links: Sequence[tuple[bytes, UUID]], *, expires_at: datetime) -> None:
    """Digests of tokens that are about to be sent, and what they open."""
    await connection.execute(
        _ADD, [digest for digest, _ in links], [obligation_id for _, obligation_id in links], expires_at
    )


async def find(connection: Connection, digest: bytes, *, now: datetime) -> Obligation | None:
    """None for a token that is unknown, expired, or whose reader was revoked."""
    found = await obligations_of(connection, await connection.fetch(_FIND, digest, now))
    return found[0] if found else None
