"""Says under whom a grant about a person is published: under whoever has the person's movements now."""

from uuid import UUID

from services.admission.storage.identities import movements
from shared.database.pool import Connection


async def lock_whom(connection: Connection, person_id: UUID) -> UUID:
    """The person, or whom they became one with; until the end of the transaction nobody is merged."""
    await movements.lock_identities(connection)
    return (await movements.survivors_of(connection, [person_id])).get(person_id, person_id)
