"""Lists sources and keys, for operators: those of the platform see all, another one its establishment's."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.storage import access
from services.admission.storage.access import ListedKey, ListedSource, ListKey
from shared.security.principal import Principal


async def list_sources(
    dependencies: Dependencies, *, operator: Principal, after: ListKey, limit: int
) -> list[ListedSource]:
    """Up to `limit` sources that follow `after`."""
    return await access.sources_after(
        dependencies.pool, after, establishment=operator.establishment, limit=limit
    )


async def list_keys(
    dependencies: Dependencies, *, operator: Principal, after: ListKey, limit: int
) -> list[ListedKey]:
    """Up to `limit` keys that follow `after`."""
    return await access.keys_after(
        dependencies.pool, after, establishment=operator.establishment, limit=limit
    )
