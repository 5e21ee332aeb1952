"""Builds the report of what became of every event, compared at the time it is asked for.

Both sides change while they are read, so they are read again until our side did not change in between.
Nothing is repaired here: the worker does that (`shared.spine.reconciliation.repair.reconciler`).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from shared.spine.reconciliation.comparison import holdings
from shared.spine.reconciliation.comparison.differences import deficits
from shared.spine.reconciliation.comparison.find_differences import find_differences, first_hour_to_compare
from shared.spine.reconciliation.context import ReconciliationContext
from shared.spine.reconciliation.hours.sealed_hours import windows_between
from shared.spine.reconciliation.hours.tallies import count_by_day, count_parked_by_day, tallies_of
from shared.spine.reconciliation.hours.windows import EventKey, HourCounts
from shared.spine.reconciliation.ledger.client import LedgerClient, PublisherUnavailable
from shared.spine.reconciliation.repair import result
from shared.spine.reconciliation.repair.fill_holes import count_absent
from shared.spine.reconciliation.repair.result import MAX_NAMED
from shared.spine.reconciliation.report.balance import (
    NamedEvent,
    PublisherReport,
    Report,
    State,
    balance_lines,
)
from shared.spine.records.pulled import LedgerEvent

COMMIT_WITHIN: Final = timedelta(seconds=1)
"""An event that is committed later than this after its time of recording may be left out."""
OVERDUE_AFTER: Final = timedelta(minutes=5)
"""By then the worker has pulled whatever was not on its way."""
MAX_READS: Final = 5
MAX_CELLS: Final = 64


class _Period(msgspec.Struct, frozen=True, kw_only=True):
    since: datetime
    until: datetime
    recount: bool
    """Count sealed hours again, on both sides."""


class _BothSides(msgspec.Struct, frozen=True, kw_only=True):
    ours: list[HourCounts]
    theirs: list[HourCounts]
    not_held: list[NamedEvent]
    unknown: list[NamedEvent]
    state: State


async def build_report(context: ReconciliationContext, since: date, *, recount: bool) -> Report:
    """Report on all that the service consumes, and on what it published itself, since a day (UTC).

    `recount` counts sealed hours again, on both sides.
    """
    first = datetime(since.year, since.month, since.day, tzinfo=UTC)
    period = _Period(since=first, until=context.clock() - COMMIT_WITHIN, recount=recount)
    recorded = await windows_between(context.ledger_side, first, period.until, recount=recount)
    return Report(
        service=context.service,
        since=since,
        until=period.until,
        recorded=tallies_of(recorded=count_by_day(recorded)),
        publishers=tuple([await _report_on(context, publisher, period) for publisher in context.consumes]),
    )


async def _report_on(context: ReconciliationContext, publisher: str, period: _Period) -> PublisherReport:
    ledger = context.ledger_clients.get(publisher)
    if ledger is None:
        return await _without_comparison(context, publisher, "no address")
    try:
        period = await _from_first_event(context, ledger, period)
        found = await _read_until_unchanged(context, ledger, period)
    except PublisherUnavailable:
        return await _without_comparison(context, publisher, "unreachable")
    parked = await count_parked_by_day(context.pool, publisher, period.since, period.until)
    overdue = period.until - OVERDUE_AFTER
    missing = [event for event in found.not_held if event.recorded_at < overdue]
    lines = balance_lines(
        count_by_day(found.theirs),
        applied=count_by_day(found.ours),
        pending=Counter(event.day_key for event in found.not_held if event.recorded_at >= overdue),
        missing=Counter(event.day_key for event in missing),
        unknown=Counter(event.day_key for event in found.unknown),
        **parked,
    )
    report = await _without_comparison(context, publisher, found.state)
    return msgspec.structs.replace(
        report,
        accounts=lines,
        unexplained=report.unexplained + sum(line.unexplained for line in lines),
        missing=tuple(missing[:MAX_NAMED]),
        unknown=tuple(found.unknown[:MAX_NAMED]),
    )


async def _without_comparison(
    context: ReconciliationContext, publisher: str, state: State
) -> PublisherReport:
    """Return what is known of a publisher without asking it."""
    absent = await count_absent(context.pool, publisher)
    return PublisherReport(
        publisher=publisher,
        state=state,
        unexplained=absent,
        holes=absent,
        accounts=(),
        missing=(),
        unknown=(),
        last=await result.last(context.pool, publisher),
    )


async def _from_first_event(context: ReconciliationContext, ledger: LedgerClient, period: _Period) -> _Period:
    first = await first_hour_to_compare(context.inbox_side(ledger.publisher), ledger, period.until)
    return msgspec.structs.replace(period, since=max(period.since, first or period.until))


async def _read_until_unchanged(
    context: ReconciliationContext, ledger: LedgerClient, period: _Period
) -> _BothSides:
    side = context.inbox_side(ledger.publisher)
    ours = await windows_between(side, period.since, period.until, recount=period.recount)
    for _ in range(MAX_READS):
        parts = ledger.digests(since=period.since, until=period.until, recount=period.recount)
        theirs = [window async for part in parts for window in part.windows]
        not_held, unknown = await _name_differences(context, ledger, ours, theirs, period.until)
        before = ours
        ours = await windows_between(side, period.since, period.until, recount=period.recount)
        if ours == before:
            break
    state: State = "compared" if ours == before else "moving"
    return _BothSides(ours=ours, theirs=theirs, not_held=not_held, unknown=unknown, state=state)


async def _name_differences(
    context: ReconciliationContext,
    ledger: LedgerClient,
    ours: Sequence[HourCounts],
    theirs: Sequence[HourCounts],
    until: datetime,
) -> tuple[list[NamedEvent], list[NamedEvent]]:
    """Return the events that are recorded and not held, and those that are held and not recorded."""
    side = context.inbox_side(ledger.publisher)
    not_held: list[NamedEvent] = []
    unknown: list[EventKey] = []
    cells = deficits({one.start: one for one in ours}, {one.start: one for one in theirs})
    for cell in list(cells)[:MAX_CELLS]:
        found = await find_differences(side, ledger, cell, until=until)
        not_held += [_named_event(event) for event in found.missing]
        unknown += found.unknown
    return not_held, [NamedEvent(**row) for row in await holdings.described(context.pool, unknown)]


def _named_event(event: LedgerEvent) -> NamedEvent:
    return NamedEvent(
        event_id=event.event_id,
        subject=event.subject,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        establishment=event.establishment,
    )
