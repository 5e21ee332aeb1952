"""What is sent now? Decided and written in one transaction, before anything leaves."""

from services.notifications.domain.circle import Medium
from services.notifications.handlers import settle
from services.notifications.handlers.links import LIVES, digest_of, token_of
from services.notifications.handlers.means import Means
from services.notifications.handlers.turn import Departure, Turn
from services.notifications.storage import links, readers, sending
from shared.database.transaction import transaction


async def claim_due(means: Means, medium: Medium, *, limit: int) -> list[Departure]:
    """Take up to `limit` due obligations of a channel's lane; rights are read in this very transaction."""
    now = means.clock()
    async with transaction(means.pool) as connection:
        due = await sending.lock_due(connection, lane=medium, now=now, limit=limit)
        if not due.obligations:
            return []
        sealed = await readers.read(connection, {own.recipient_id for own in due.obligations})
        turn = Turn(means, medium, due.peers, sealed)
        for own in due.obligations:
            turn.take(own)
        await sending.give_up_waiting(connection, turn.given_up)
        await sending.claim(connection, turn.claims, now=turn.now, lease_until=turn.lease_until)
        await sending.defer(connection, turn.deferrals)
        tokens = [
            (digest_of(token_of(means.vault, claim.obligation_id)), claim.obligation_id)
            for claim in turn.claims
        ]
        await links.add(connection, tokens, expires_at=turn.now + LIVES)
        await settle.settle(connection, turn.settlements, now=turn.now)
    return turn.departures
