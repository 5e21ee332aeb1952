"""Finds the single events in which a consumer and a publisher differ, cell by cell."""

from datetime import datetime

from shared.spine.reconciliation.comparison import holdings
from shared.spine.reconciliation.comparison.differences import CellKey, Difference, classify, key_of_event
from shared.spine.reconciliation.hours.counting import Side
from shared.spine.reconciliation.hours.windows import HOUR
from shared.spine.reconciliation.ledger.client import LedgerClient
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.pulled import LedgerEvent


async def first_hour_to_compare(side: Side, ledger: LedgerClient, until: datetime) -> datetime | None:
    """Return an hour before which neither side has anything; None when both are empty.

    It keeps a comparison from asking hour by hour about the time before the first event.
    """
    # The earlier of the two: the consumer may hold events that the publisher has lost.
    theirs = (await anext(ledger.digests(since=None, until=until))).since
    ours = await holdings.first_held_hour(side)
    return min((start for start in (theirs, ours) if start is not None), default=None)


async def find_differences(side: Side, ledger: LedgerClient, cell: CellKey, *, until: datetime) -> Difference:
    """Return the events in which a cell differs, of those that were recorded before `until`."""
    window, bucket = cell
    # Our side is read first: what we hold was recorded before we held it, so the ledger's answer contains it.
    here = await side.event_keys(window, min(window + HOUR, until), bucket)
    unknown, not_held = set(here), list[LedgerEvent]()
    async for page in ledger.events(window, bucket):
        recorded = [event for event in page if event.recorded_at < until]
        unknown.difference_update(map(key_of_event, recorded))
        not_held += [event for event in recorded if key_of_event(event) not in here]
    held_anywhere = await holdings.held(side.pool, [event.event_id for event in not_held])
    found = classify(not_held, unknown=unknown, held_anywhere=held_anywhere)
    return await _look_up_unknown(ledger, found)


async def _look_up_unknown(ledger: LedgerClient, found: Difference) -> Difference:
    """Ask the ledger by name for events that it does not have in this cell: they may be in another hour."""
    named = {key.event_id: key for key in found.unknown}
    spans = [Span(one.subject, one.sequence, one.sequence) for one in found.unknown]
    pages = ledger.events_of_persons(spans)
    recorded = {event.event_id: event async for page in pages for event in page if event.event_id in named}
    return Difference(
        missing=found.missing,
        misdated=[*found.misdated, *recorded.values()],
        unknown=[key for key in found.unknown if key.event_id not in recorded],
    )
