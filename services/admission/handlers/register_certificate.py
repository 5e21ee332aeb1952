"""Lets a source show a client certificate instead of one of its keys."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.manage_access import LIFE_OF_KEY, granted, publish
from services.admission.handlers.rotate_key import may_rotate
from services.admission.storage import sources as storage
from services.admission.storage.sources import Key
from shared.database.transaction import transaction
from shared.runtime.errors import RelaisError
from shared.security.principal import Principal
from shared.web.client_certificates import ClientCertificate


class CertificateTaken(RelaisError):  # noqa: N818
    """The certificate is registered already, of this source or of another one, valid or not."""


async def register_certificate(
    dependencies: Dependencies,
    key_id: UUID,
    certificate: ClientCertificate,
    *,
    by: Principal,
    ends_at: datetime,
    expires_at: datetime | None = None,
) -> Key | None:
    """Register it as another key of the source, with what this key may do, until `ends_at` at the latest.

    None when this caller may rotate no such key, or it has ended; raises `CertificateTaken`.
    """
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        known = await storage.lock_key(connection, key_id)
        if known is None or not may_rotate(by, known, now):
            return None
        key = replace(
            known,
            key_id=uuid4(),
            key_sha256=str(certificate),
            expires_at=min(ends_at, expires_at or now + LIFE_OF_KEY),
        )
        if not await storage.add_key(connection, key):
            raise CertificateTaken
        await publish(dependencies, connection, key.source_id, granted(key))
    return key
