"""Applies batches of events exactly once: checkpoint, inbox, effects and parking in one transaction.

Most events come from Kafka, in batches of partitions. Those that were pulled from a ledger, or are retried
after parking, wait for the batches in flight and hold up the later ones: neither decides by state that the
other one changes.

There are two kinds of failure. "This event is wrong" (EventRejected): the transaction is rolled back, the
event is parked and the rest applied. Anything else means that we are wrong: it is raised, nothing is
committed and nothing skipped.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from shared.database.pool import Connection, Pool
from shared.database.transaction import transaction
from shared.events.envelope import Payload, TraceContext
from shared.events.erasure import PersonErased
from shared.runtime.clock import Clock, system_clock
from shared.spine.inbox import checkpoint, parking
from shared.spine.inbox.applied import Applied
from shared.spine.inbox.insert import insert
from shared.spine.inbox.separate import separate
from shared.spine.records.incoming import Envelope, IncomingRecord
from shared.spine.records.received import EventRejected, ReceivedEvent

Route = Callable[[Any, Connection, Sequence[ReceivedEvent]], Awaitable[None]]
"""A use case; takes the dependencies, the open transaction, and its events of one batch in order."""
Routes = Mapping[type[Payload], Route]


@dataclass(frozen=True)
class UnlessErased:
    """A route that is handed no event of an erased person: neither late nor in a rebuild."""

    route: Route

    async def __call__(
        self, dependencies: Any, connection: Connection, events: Sequence[ReceivedEvent]
    ) -> None:
        await self.route(dependencies, connection, events)


Traces = Mapping[tuple[str, int, int], TraceContext]
"""Topic, partition and offset -> context of the span under which the record is processed."""

T = TypeVar("T")
P = ParamSpec("P")

MAX_DEADLOCKS: Final = 3
"""So many times in a row one transaction may be the victim of a deadlock before that is an error."""
NO_CLUSTER: Final = "outside the broker"
"""Stands for the cluster where an event that was pulled from a ledger is parked."""


class Batch(checkpoint.Advance, frozen=True, kw_only=True):
    """Consecutive records of one partition; `following` is the offset after the last of them."""

    incoming: Sequence[IncomingRecord]
    traces: Mapping[int, TraceContext] = {}
    """Offset -> context of the span under which the record is processed."""


class _TransactionInput(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction applies: batches of several partitions, or events pulled from a ledger."""

    incoming: Sequence[IncomingRecord]
    cluster_id: str
    advances: Sequence[checkpoint.Advance] = ()
    """The positions that it moves; none for pulled events."""
    traces: Traces = {}


class Applier:
    """Applies events with the routes of one service."""

    def __init__(
        self,
        pool: Pool,
        *,
        routes: Routes,
        dependencies: object,
        parking_cap: int = parking.CAP,
        clock: Clock = system_clock,
    ) -> None:
        """`dependencies` is handed to every route; None where the routes need nothing."""
        self._pool = pool
        self._routes = routes
        self._dependencies = dependencies
        self._parking_cap = parking_cap
        self._clock = clock

    async def apply(self, *batches: Batch) -> Applied:
        """Commit batches of different partitions, all or none; they share the cost of one transaction.

        Raises Fenced, ParkingCapReached, or whatever a use case raised.
        """
        given = _TransactionInput(
            incoming=[each for batch in batches for each in batch.incoming],
            cluster_id=batches[0].lease.cluster_id,
            advances=batches,
            traces={
                (batch.lease.topic, batch.lease.partition, offset): trace
                for batch in batches
                for offset, trace in batch.traces.items()
            },
        )
        return await self._apply_all_but_wrong(given)

    async def apply_pulled(self, incoming: Sequence[IncomingRecord]) -> Applied:
        """Commit events that were pulled from a ledger, as a batch would; no position moves.

        Known events are dropped, and those of a blocked stream are parked. Raises what `apply` raises, but
        Fenced. Keep the pages small: meanwhile no batch of this service commits.
        """
        return await self._apply_all_but_wrong(_TransactionInput(incoming=incoming, cluster_id=NO_CLUSTER))

    async def apply_parked(
        self, incoming: IncomingRecord, resolve: Callable[[Connection], Awaitable[None]]
    ) -> list[ReceivedEvent]:
        """Commit one event that is parked; `resolve` marks it as applied, or raises when it is not its turn.

        Raises EventRejected when it is still wrong, and whatever `resolve` or a use case raised.
        """
        return await self._in_transaction(self._apply_and_resolve, incoming, resolve)

    def has_route(self, incoming: IncomingRecord) -> bool:
        """Whether a use case takes events of this type."""
        return type(incoming.data) in self._routes

    async def _apply_all_but_wrong(self, given: _TransactionInput) -> Applied:
        """Roll back and start again, without the event, each time one event turns out to be wrong."""
        rejected: dict[UUID, str] = {}
        while True:
            try:
                return await self._in_transaction(self._apply_input, given, rejected)
            except EventRejected as rejection:
                if not _is_new_rejection(rejection, given.incoming, rejected):
                    raise
                rejected[rejection.event_id] = rejection.reason

    async def _in_transaction(
        self,
        step: Callable[Concatenate[Connection, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Commit the step; do it again when it was the victim of a deadlock with another writer."""
        deadlocks = 0
        while True:
            try:
                async with transaction(self._pool) as connection:
                    return await step(connection, *args, **kwargs)
            except asyncpg.TransactionRollbackError:
                deadlocks += 1
                if deadlocks == MAX_DEADLOCKS:
                    raise

    async def _apply_input(
        self, connection: Connection, given: _TransactionInput, rejected: Mapping[UUID, str]
    ) -> Applied:
        if not given.advances or _erasing(given.incoming):
            # Nobody applies meanwhile what another publisher says of the person, and brings the person back.
            await checkpoint.lock_all(connection)
        if given.advances:
            await checkpoint.advance(connection, given.advances)
        earlier = await parking.find_earlier(connection, _envelopes(given.incoming))
        unknown = [each for each in given.incoming if not _is_among(each, earlier.event_ids)]
        separated = separate(unknown, rejected=rejected, blocked=earlier.blocked)
        inserted = await insert(connection, separated.applicable, now=self._clock())
        parked_total = None
        if separated.to_park:
            parked_total = await parking.park(
                connection,
                separated.to_park,
                cluster_id=given.cluster_id,
                cap=self._parking_cap,
                now=self._clock(),
            )
        events = await self._call_routes(connection, inserted.new, given.traces, earlier.erased)
        first_seen = _count_by_topic(inserted.new) + _count_by_topic(
            record.incoming for record in separated.to_park
        )
        return Applied(
            events=events,
            skipped=len(inserted.new) - len(events),
            repeated=_count_by_topic(given.incoming) - first_seen,
            newly_parked=separated.to_park,
            parked_total=parked_total,
            holes=inserted.holes,
        )

    async def _apply_and_resolve(
        self,
        connection: Connection,
        incoming: IncomingRecord,
        resolve: Callable[[Connection], Awaitable[None]],
    ) -> list[ReceivedEvent]:
        await checkpoint.lock_all(connection)
        await resolve(connection)
        earlier = await parking.find_earlier(connection, _envelopes([incoming]))
        inserted = await insert(connection, [incoming], now=self._clock())
        return await self._call_routes(connection, inserted.new, {}, earlier.erased)

    async def _call_routes(
        self,
        connection: Connection,
        new: Sequence[IncomingRecord],
        traces: Traces,
        erased: Collection[UUID],
    ) -> list[ReceivedEvent]:
        """Call each route once, with all its events in their order; returns the events that a route took."""
        gone = {*erased, *_erasing(new)}
        events_by_route: dict[Route, list[ReceivedEvent]] = {}
        for incoming in new:
            event = incoming.received(_trace_of(incoming, traces))
            route = None if event is None else self._routes.get(type(event.data))
            if event is None or route is None:
                continue
            if not gone or event.subject not in gone or not isinstance(route, UnlessErased):
                events_by_route.setdefault(route, []).append(event)
        for route, events in events_by_route.items():
            await route(self._dependencies, connection, events)
        return [event for events in events_by_route.values() for event in events]


def _erasing(incoming: Sequence[IncomingRecord]) -> list[UUID]:
    """The subjects whom one of the events erases."""
    return [each.envelope.subject for each in incoming if type(each.data) is PersonErased and each.envelope]


def _count_by_topic(incoming: Iterable[IncomingRecord]) -> Counter[str]:
    return Counter(each.topic for each in incoming)


def _trace_of(incoming: IncomingRecord, traces: Traces) -> TraceContext:
    # Without a span of its own the event goes on in the trace that it came with.
    came_with = incoming.envelope.trace if incoming.envelope is not None else {}
    if not traces:
        return came_with
    return traces.get((incoming.topic, incoming.partition, incoming.offset), came_with)


def _is_new_rejection(
    rejection: EventRejected, incoming: Sequence[IncomingRecord], rejected: Mapping[UUID, str]
) -> bool:
    # A rejection of an event that is not here, or that was left out already, is a bug of the use case.
    here = {envelope.event_id for envelope in _envelopes(incoming)}
    return rejection.event_id in here and rejection.event_id not in rejected


def _envelopes(incoming: Sequence[IncomingRecord]) -> list[Envelope]:
    return [each.envelope for each in incoming if each.envelope is not None]


def _is_among(incoming: IncomingRecord, event_ids: set[UUID]) -> bool:
    return incoming.envelope is not None and incoming.envelope.event_id in event_ids
