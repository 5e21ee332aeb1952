"""Tells whether a source is one of the caller's own."""

from uuid import UUID

from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.hl7v2.dialects import source_exists
from shared.security.principal import Principal


async def is_own_source(dependencies: Dependencies, source_id: UUID, *, by: Principal) -> bool:
    """Whether there is such a source, of the caller's establishment; to operators of the platform, any is."""
    exists, establishment = await source_exists(dependencies.pool, source_id)
    if not exists:
        return False
    return by.is_platform_operator if establishment is None else by.may_see(establishment)
