"""How is an event applied exactly once? Checkpoint, inbox, effects and parking in one transaction.

Most come in batches of partitions. What comes otherwise (pulled from a ledger, or retried after parking)
waits for the batches in flight and holds the later ones up, so that neither judges by what the other changes.

Two failures only. "This event is wrong" (EventRejected): the batch is rolled back, the event parked, the
rest applied. Anything else means that we are wrong, and is raised: nothing is committed, nothing skipped.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from shared.database.pool import Connection, Pool
from shared.database.transaction import transaction
from shared.events.envelope import Payload, TraceContext
from shared.runtime.clock import Clock, system_clock
from shared.spine.inbox import checkpoint, parking
from shared.spine.inbox.entering import enter
from shared.spine.inbox.sorting import Parcel, sort_out
from shared.spine.records.incoming import Envelope, Incoming
from shared.spine.records.received import EventRejected, ReceivedEvent

Route = Callable[[Any, Connection, Sequence[ReceivedEvent]], Awaitable[None]]
"""A use case; takes the dependencies, the open transaction, and its events of one batch in order."""
Routes = Mapping[type[Payload], Route]

Traces = Mapping[tuple[str, int, int], TraceContext]
"""Topic, partition and offset -> context of the span under which the record is processed."""

T = TypeVar("T")
Attempt = Callable[[Connection, Mapping[UUID, str]], Awaitable[T]]
"""Applies all but what was rejected before: event id -> reason."""

MOST_COLLISIONS: Final = 3
OUTSIDE: Final = "outside the broker"
"""Stands for the cluster where an event that came otherwise is parked."""


class Batch(checkpoint.Advance, frozen=True, kw_only=True):
    """Consecutive records of one partition; `following` is the offset after the last of them."""

    incoming: Sequence[Incoming]
    traces: Mapping[int, TraceContext] = {}
    """Offset -> context of the span under which the record is processed."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch."""

    events: list[ReceivedEvent]
    skipped: int
    """New events that no route of this service wants."""
    repeated: Counter[str]
    """Known events, by the topic that brought them again."""
    parcels: list[Parcel]
    parked: int | None
    """How many events are parked now; none when this batch parked nothing."""
    holes: int
    """Numbers that were noticed to be missing: pull them."""

    @property
    def duplicates(self) -> int:
        return self.repeated.total()


class Applier:
    """Applies batches with a service's routes."""

    def __init__(
        self,
        pool: Pool,
        *,
        routes: Routes,
        dependencies: object = None,
        parking_cap: int = parking.CAP,
        clock: Clock = system_clock,
    ) -> None:
        """`dependencies` is handed to every route; none where the routes need none."""
        self._pool = pool
        self._routes = routes
        self._dependencies = dependencies
        self._parking_cap = parking_cap
        self._clock = clock

    async def apply(self, *batches: Batch) -> Applied:
        """Commit batches of different partitions, all or none; they share what a transaction costs.

        Raises Fenced, ParkingCapReached, or whatever a use case raised.
        """
        incoming = [each for batch in batches for each in batch.incoming]
        traces = {
            (batch.claim.topic, batch.claim.partition, offset): trace
            for batch in batches
            for offset, trace in batch.traces.items()
        }

        async def attempt(connection: Connection, rejected: Mapping[UUID, str]) -> Applied:
            await checkpoint.advance(connection, batches)
            cluster_id = batches[0].claim.cluster_id
            return await self._take_in(connection, incoming, rejected, cluster_id=cluster_id, traces=traces)

        return await self._without_rejected(incoming, attempt)

    async def apply_outside(self, incoming: Sequence[Incoming]) -> Applied:
        """Commit events that did not come from the broker, as a batch would; no position moves.

        Known ones are dropped, and those of a blocked stream are parked. Raises what `apply` raises, but
        Fenced. Small shares are kind: meanwhile no batch of this service commits.
        """

        async def attempt(connection: Connection, rejected: Mapping[UUID, str]) -> Applied:
            await checkpoint.hold_all(connection)
            return await self._take_in(connection, incoming, rejected, cluster_id=OUTSIDE, traces={})

        return await self._without_rejected(incoming, attempt)

    async def apply_parked(
        self, incoming: Incoming, settle: Callable[[Connection], Awaitable[None]]
    ) -> list[ReceivedEvent]:
        """Commit one event that is parked; `settle` finds it free to go and takes it out of parking.

        Raises EventRejected when it is still wrong, and whatever `settle` or a use case raised.
        """

        async def attempt(connection: Connection, _: Mapping[UUID, str]) -> list[ReceivedEvent]:
            await checkpoint.hold_all(connection)
            await settle(connection)
            entered = await enter(connection, [incoming], now=self._clock())
            return await self._route(connection, entered.new, {})

        return await self._without_rejected([], attempt)

    async def _without_rejected(self, incoming: Sequence[Incoming], attempt: Attempt[T]) -> T:
        """Commit what is left when each of `incoming` that turns out wrong is left out."""
        rejected: dict[UUID, str] = {}
        collisions = 0
        while True:
            try:
                async with transaction(self._pool) as connection:
                    return await attempt(connection, rejected)
            except EventRejected as rejection:
                if not _is_new_rejection(rejection, incoming, rejected):
                    raise
                rejected[rejection.event_id] = rejection.reason
            except asyncpg.TransactionRollbackError:  # a deadlock with another writer of this service
                collisions += 1
                if collisions == MOST_COLLISIONS:
                    raise

    async def _take_in(
        self,
        connection: Connection,
        incoming: Sequence[Incoming],
        rejected: Mapping[UUID, str],
        *,
        cluster_id: str,
        traces: Traces,
    ) -> Applied:
        standing = await parking.standing(connection, _envelopes(incoming))
        fresh = [each for each in incoming if not _is_known(each, standing.known)]
        division = sort_out(fresh, rejected=rejected, blocked=standing.blocked)
        entered = await enter(connection, division.admitted, now=self._clock())
        parked = None
        if division.parcels:
            parked = await parking.park(
                connection,
                division.parcels,
                cluster_id=cluster_id,
                cap=self._parking_cap,
                now=self._clock(),
            )
        events = await self._route(connection, entered.new, traces)
        return Applied(
            events=events,
            skipped=len(entered.new) - len(events),
            repeated=_topics(incoming) - _topics(entered.new) - _topics(p.incoming for p in division.parcels),
            parcels=division.parcels,
            parked=parked,
            holes=entered.holes,
        )

    async def _route(
        self, connection: Connection, new: Sequence[Incoming], traces: Traces
    ) -> list[ReceivedEvent]:
        """Hand each route all its events in one call, in their order; answers with those handed over."""
        shares: dict[Route, list[ReceivedEvent]] = {}
        for incoming in new:
            event = incoming.received(_trace_of(incoming, traces))
            route = None if event is None else self._routes.get(type(event.data))
            if event is not None and route is not None:
                shares.setdefault(route, []).append(event)
        for route, events in shares.items():
            await route(self._dependencies, connection, events)
        return [event for events in shares.values() for event in events]


def _topics(incoming: Iterable[Incoming]) -> Counter[str]:
    return Counter(each.topic for each in incoming)


def _trace_of(incoming: Incoming, traces: Traces) -> TraceContext:
    # Without a span of its own the event goes on in the trace that it came with.
    came_with = incoming.envelope.trace if incoming.envelope is not None else {}
    return traces.get((incoming.topic, incoming.partition, incoming.offset), came_with)


def _is_new_rejection(
    rejection: EventRejected, incoming: Sequence[Incoming], rejected: Mapping[UUID, str]
) -> bool:
    # A rejection of an event that is not here, or that was left out already, is a bug of the use case.
    here = {envelope.event_id for envelope in _envelopes(incoming)}
    return rejection.event_id in here and rejection.event_id not in rejected


def _envelopes(incoming: Sequence[Incoming]) -> list[Envelope]:
    return [each.envelope for each in incoming if each.envelope is not None]


def _is_known(incoming: Incoming, known: set[UUID]) -> bool:
    return incoming.envelope is not None and incoming.envelope.event_id in known
