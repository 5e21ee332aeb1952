"""Is every event accounted for? Compared when it is asked, by publisher, establishment and day.

Both sides move while they are read, so they are looked at until ours stood still in between. Nothing is
mended here; that is the worker's (`shared.spine.reconciliation.reconcile`).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from shared.spine.reconciliation import holdings, holes, result
from shared.spine.reconciliation.accounts import NamedEvent, PublisherReport, Report, State, accounts_of
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.comparison import deficits
from shared.spine.reconciliation.extent import first_hour
from shared.spine.reconciliation.naming import name
from shared.spine.reconciliation.peer import Peer, PeerUnavailable
from shared.spine.reconciliation.result import NAMED
from shared.spine.reconciliation.seals import windows_between
from shared.spine.reconciliation.tallies import by_day, parked_by_day, tallies_of
from shared.spine.reconciliation.windows import Identity, Window
from shared.spine.records.pulled import LedgerEvent

SETTLED: Final = timedelta(seconds=1)
"""An event that is committed later than this after it was stamped is not waited for."""
OVERDUE: Final = timedelta(minutes=5)
"""By then the worker has pulled whatever was not on its way."""
LOOKS: Final = 5
MOST_CELLS: Final = 64


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    since: datetime
    until: datetime
    recount: bool


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    ours: list[Window]
    theirs: list[Window]
    absent: list[NamedEvent]
    unknown: list[NamedEvent]
    state: State


async def report(books: Books, since: date, *, recount: bool) -> Report:
    """The accounts of all that the service consumes since a day, and what it published itself.

    `recount` counts sealed hours again, on both sides.
    """
    first = datetime(since.year, since.month, since.day, tzinfo=UTC)
    question = _Question(since=first, until=books.clock() - SETTLED, recount=recount)
    recorded = await windows_between(books.ledger, first, question.until, recount=recount)
    return Report(
        service=books.service,
        since=since,
        until=question.until,
        recorded=tallies_of(recorded=by_day(recorded)),
        publishers=tuple([await _report_on(books, publisher, question) for publisher in books.consumes]),
    )


async def _report_on(books: Books, publisher: str, question: _Question) -> PublisherReport:
    peer = books.peers.get(publisher)
    if peer is None:
        return await _described(books, publisher, "no address")
    try:
        question = await _of_what_there_is(books, peer, question)
        found = await _looked_until_still(books, peer, question)
    except PeerUnavailable:
        return await _described(books, publisher, "unreachable")
    parked = await parked_by_day(books.pool, publisher, question.since, question.until)
    overdue = question.until - OVERDUE
    missing = [event for event in found.absent if event.recorded_at < overdue]
    accounts = accounts_of(
        by_day(found.theirs),
        applied=by_day(found.ours),
        pending=Counter(event.day for event in found.absent if event.recorded_at >= overdue),
        missing=Counter(event.day for event in missing),
        unknown=Counter(event.day for event in found.unknown),
        **parked,
    )
    described = await _described(books, publisher, found.state)
    return msgspec.structs.replace(
        described,
        accounts=accounts,
        unexplained=described.unexplained + sum(account.unexplained for account in accounts),
        missing=tuple(missing[:NAMED]),
        unknown=tuple(found.unknown[:NAMED]),
    )


async def _described(books: Books, publisher: str, state: State) -> PublisherReport:
    absent = await holes.count_absent(books.pool, publisher)
    return PublisherReport(
        publisher=publisher,
        state=state,
        unexplained=absent,
        holes=absent,
        accounts=(),
        missing=(),
        unknown=(),
        last=await result.last(books.pool, publisher),
    )


async def _of_what_there_is(books: Books, peer: Peer, question: _Question) -> _Question:
    first = await first_hour(books.inbox(peer.publisher), peer, question.until)
    return msgspec.structs.replace(question, since=max(question.since, first or question.until))


async def _looked_until_still(books: Books, peer: Peer, question: _Question) -> _Found:
    side = books.inbox(peer.publisher)
    asked = {"recount": question.recount}
    ours = await windows_between(side, question.since, question.until, **asked)
    for _ in range(LOOKS):
        parts = peer.digests(since=question.since, until=question.until, **asked)
        theirs = [window async for part in parts for window in part.windows]
        absent, unknown = await _differences(books, peer, ours, theirs, question.until)
        before, ours = ours, await windows_between(side, question.since, question.until, **asked)
        if ours == before:
            break
    state: State = "compared" if ours == before else "moving"
    return _Found(ours=ours, theirs=theirs, absent=absent, unknown=unknown, state=state)


async def _differences(
    books: Books, peer: Peer, ours: Sequence[Window], theirs: Sequence[Window], until: datetime
) -> tuple[list[NamedEvent], list[NamedEvent]]:
    absent: list[NamedEvent] = []
    unknown: list[Identity] = []
    places = deficits({one.start: one for one in ours}, {one.start: one for one in theirs})
    for place in list(places)[:MOST_CELLS]:
        found = await name(books.inbox(peer.publisher), peer, place, until=until)
        absent += [_named(event) for event in found.missing]
        unknown += found.unknown
    return absent, [NamedEvent(**row) for row in await holdings.described(books.pool, unknown)]


def _named(event: LedgerEvent) -> NamedEvent:
    return NamedEvent(
        event_id=event.event_id,
        subject=event.subject,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        establishment=event.establishment,
    )
