"""Reads what some messages depend on beside their recipient: the person's stays, others at an address."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.notifications.domain.delivery.surroundings import Surroundings
from services.notifications.domain.delivery.whereabouts import person_now
from services.notifications.storage.circle.members import EncryptedRecipient
from services.notifications.storage.delivery import attempts
from services.notifications.storage.delivery.attempts import DueObligations
from services.notifications.storage.obligations import facts
from shared.database.pool import Connection


async def look_around(
    connection: Connection,
    due: DueObligations,
    recipients: Mapping[UUID, EncryptedRecipient],
    *,
    now: datetime,
) -> Surroundings:
    """The surroundings of everything that is due."""
    person_ids = {each.person_id for each in due.obligations}
    stated = await facts.of_persons(connection, person_ids)
    sharing = {
        member for each in recipients.values() for others in each.sharing.values() for member in others
    }
    twins = await attempts.twins_of(connection, due.obligations, recipients=sharing) if sharing else []
    return Surroundings(
        persons={person_id: person_now(stated[person_id], now=now) for person_id in person_ids}, twins=twins
    )
