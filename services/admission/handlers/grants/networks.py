"""States which establishments under one controller show each other what they state, of everybody."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.admission.domain.grants import Grant
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.grants.publish import publish
from services.admission.storage import grants
from services.admission.storage.networks import Network, save_network
from shared.database.transaction import transaction
from shared.security.principal import Principal


class StatedNetwork(Struct, frozen=True, kw_only=True):
    """A network, and until when it lasts."""

    network: Network
    begins_at: datetime
    ends_at: datetime | None


async def state_network(
    dependencies: Dependencies, network_id: UUID, stated: StatedNetwork, *, operator: Principal
) -> bool:
    """Grant it, or change what was granted; false when the id is another grant's. Raises NobodySigns."""
    async with transaction(dependencies.pool) as connection:
        known = await grants.lock(connection, network_id)
        if known is not None and known.basis != "network":
            return False
        grant = Grant(
            grant_id=network_id,
            revision=1,
            basis="network",
            subject=network_id,
            person_id=None,
            establishments=stated.network.establishments,
            of=stated.network.shown or stated.network.establishments,
            begins_at=stated.begins_at,
            ends_at=stated.ends_at,
            declared_by=None,
            key_id=operator.key_id,
        )
        if known is not None:
            grant = replace(grant, revision=known.revision + 1)
        await save_network(connection, network_id, stated.network)
        await publish(dependencies, connection, grant)
    return True
