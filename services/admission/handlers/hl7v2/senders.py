"""Finds out as whom a source speaks that shows no key: what its valid keys for the intake let it do."""

from time import monotonic
from typing import Final
from uuid import UUID

from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.hl7v2.senders import intake_of
from shared.security.principal import Principal

SENDER_SECONDS: Final = 5.0
"""A key that ends, or is revoked, ends the intake of its source within this time."""
MOST_SENDERS: Final = 2000


async def sender_of(dependencies: Dependencies, source_id: UUID) -> Principal | None:
    """The source, as it was at most some seconds ago; `None` while it has no valid key for the intake."""
    until, known = dependencies.senders.get(source_id, (0.0, None))
    if until > monotonic():
        return known
    if len(dependencies.senders) >= MOST_SENDERS:
        dependencies.senders.clear()
    found = await intake_of(dependencies.pool, source_id, at=dependencies.clock())
    sender = None
    if found is not None:
        establishment, sites = found
        sender = Principal(
            source_id=source_id,
            establishment=establishment,
            scopes=frozenset({"intake"}),
            sites=frozenset(sites),
        )
    dependencies.senders[source_id] = (monotonic() + SENDER_SECONDS, sender)
    return sender
