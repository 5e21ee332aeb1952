"""Finds what a recipient may see who follows the link of a message."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.delivery.whereabouts import person_now
from services.notifications.domain.obligations.derivation import derive_obligations
from services.notifications.domain.obligations.obligation import Obligation, wording_kind
from services.notifications.domain.obligations.verdict import Supersede, Suppress, Verdict
from services.notifications.handlers.delivery.claim_due import alias_of, digest_of
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.circle import members
from services.notifications.storage.delivery import page_tokens
from services.notifications.storage.obligations import facts
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.events.envelope import RecordedEvent
from shared.security.audit.access import note


class PageView(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows: what the message said and when, whether it still holds, and what is so now."""

    kind: str
    """From the catalogue, corrections and retractions included."""
    alias: str | None
    """None for a professional, and for a carer who chose discretion."""
    occurred_at: datetime
    """In the recipient's time zone."""
    read_at: datetime
    """Now, in that time zone."""
    still_true: bool
    """False once a newer version or a retraction of this fact is known."""
    told_at: datetime | None = None
    """When the message was sent last, in that time zone."""
    present: bool | None = None
    """Whether the person is in an establishment now; for a carer who knows of whom it is."""
    phone: str
    reference: UUID | None = None
    """For a professional only: the person_id, to look the person up with the establishment's own key."""


async def read_carer_page(dependencies: Dependencies, *, token: str) -> PageView | None:
    """The page that a token opens; `None` for a token that is unknown, expired or revoked."""
    async with transaction(dependencies.pool) as connection:
        obligation = await page_tokens.find(connection, digest_of(token), now=dependencies.clock())
        if obligation is None:
            return None
        note(obligation.person_id, why="capability", object_id=obligation.obligation_id)
        recipient = (await members.lock_recipients(connection, [obligation.recipient_id]))[
            obligation.recipient_id
        ]
        stated = (await facts.of_persons(connection, [obligation.person_id]))[obligation.person_id]
        verdict = await _verdict(connection, obligation, stated)
    if isinstance(verdict, Suppress):
        return None
    zone = dependencies.circumstances().zone_of(recipient.recipient.zone, obligation.zone)
    alias = alias_of(dependencies, obligation, recipient)
    return PageView(
        kind=wording_kind(obligation),
        alias=alias,
        told_at=None if obligation.told_at is None else obligation.told_at.astimezone(zone),
        present=None if alias is None else person_now(stated, now=dependencies.clock()).present,
        occurred_at=obligation.fact_occurred_at.astimezone(zone),
        read_at=dependencies.clock().astimezone(zone),
        still_true=not isinstance(verdict, Supersede),
        phone=dependencies.contact_phone,
        reference=obligation.person_id if obligation.recipient_role == "professional" else None,
    )


async def _verdict(
    connection: Connection, obligation: Obligation, stated: Sequence[RecordedEvent]
) -> Verdict | None:
    """The verdict of the facts as they are now."""
    circle = await members.of_persons(connection, [obligation.person_id])
    recipients = [member.recipient for member in circle.get(obligation.person_id, [])]
    derived = derive_obligations(stated, recipients)
    return next((each.verdict for each in derived if each.obligation_id == obligation.obligation_id), None)
