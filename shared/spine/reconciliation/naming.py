"""Which events make two cells differ? Read from the publisher's ledger, and looked for here."""

from datetime import datetime

from shared.spine.reconciliation import holdings
from shared.spine.reconciliation.comparison import Difference, Place, difference, identity_of
from shared.spine.reconciliation.counting import Side
from shared.spine.reconciliation.peer import Peer
from shared.spine.reconciliation.shapes import Span
from shared.spine.reconciliation.windows import HOUR
from shared.spine.records.pulled import LedgerEvent


async def name(side: Side, peer: Peer, place: Place, *, until: datetime) -> Difference:
    """What differs in a cell, of what was recorded before `until`."""
    window, bucket = place
    # Ours first: what we hold was recorded before we held it, so it is in what the ledger answers then.
    here = await side.identities(window, min(window + HOUR, until), bucket)
    unknown, absent = set(here), list[LedgerEvent]()
    async for page in peer.events(window, bucket):
        recorded = [event for event in page if event.recorded_at < until]
        unknown.difference_update(map(identity_of, recorded))
        absent += [event for event in recorded if identity_of(event) not in here]
    anywhere = await holdings.held(side.pool, [event.event_id for event in absent])
    found = difference(absent, unknown=unknown, anywhere=anywhere)
    return await _asked_about(peer, found)


async def _asked_about(peer: Peer, found: Difference) -> Difference:
    """What we hold and did not find in the cell may be in the ledger at another hour: ask for it by name."""
    named = {identity.event_id: identity for identity in found.unknown}
    spans = [Span(one.subject, one.sequence, one.sequence) for one in found.unknown]
    pages = peer.events_of_persons(spans)
    same = {event.event_id: event async for page in pages for event in page if event.event_id in named}
    return Difference(
        missing=found.missing,
        misdated=[*found.misdated, *same.values()],
        unknown=[identity for identity in found.unknown if identity.event_id not in same],
    )
