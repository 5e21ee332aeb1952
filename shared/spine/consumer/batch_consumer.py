"""How does a service consume? What came of all its partitions in one transaction, from its own positions.

A transaction costs about the same whether it applies one event or fifty, and at a steady trickle each
partition brings one: one transaction per partition made an event wait for those of all the others.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from aiokafka import TopicPartition

from shared.database.pool import Pool
from shared.events.envelope import TraceContext
from shared.events.registry import TOPICS
from shared.runtime.clock import Clock, system_clock
from shared.spine.consumer.assignment import Assignment, ClusterChanged
from shared.spine.consumer.lag import Lag
from shared.spine.consumer.membership import join_group
from shared.spine.consumer.offsets import OffsetReport
from shared.spine.consumer.side_by_side import side_by_side
from shared.spine.consumer.watchdog import Watchdog
from shared.spine.inbox.application import Applier, Batch, Routes
from shared.spine.inbox.applied import Applied, report_applied
from shared.spine.inbox.checkpoint import Fenced
from shared.spine.inbox.parking import CAP, count_parked
from shared.spine.kafka.group_client import GroupClient
from shared.spine.kafka.topics import ensure_topics
from shared.spine.pause.gate import Gate
from shared.spine.records.cloud_events import decode
from shared.spine.records.incoming import Incoming
from shared.spine.records.spans import EventSpan, event_spans
from shared.telemetry import metrics, tracing
from shared.telemetry.logging import get_logger

FETCH_WAIT_MS: Final = 200
FETCH_LIMIT_SECONDS: Final = 5
BATCHES_A_TURN: Final = 8
"""A rebalance waits for them."""
BATCHES_AT_ONCE: Final = 4
"""Each holds a connection, half of a pool. Their locks are those of workers that share the partitions."""


def _nothing() -> None:
    return


class BatchConsumer:
    """One member of a service's consumer group; run one in every worker."""

    def __init__(
        self,
        pool: Pool,
        *,
        bootstrap: str,
        group: str,
        publishers: Sequence[str],
        routes: Routes,
        dependencies: object = None,
        parking_cap: int = CAP,
        batch_size: int = 500,
        stalled_after_seconds: float = 60,
        turn_seconds: float = 0,
        after_commit: Callable[[], None] = _nothing,
        on_holes: Callable[[], None] = _nothing,
        clock: Clock = system_clock,
    ) -> None:
        """`after_commit` is called after every batch that had effects.

        `turn_seconds`: at a steady flow turns begin so far apart, and what comes meanwhile shares the next.
        Nobody waits for a lone event, and a backlog has no pauses.

        `on_holes` is called after every batch whose commit noted missing numbers: pull them there.
        """
        self._pool = pool
        self._bootstrap = bootstrap
        self._group = group
        self._publishers = publishers
        self._topics = [TOPICS[publisher] for publisher in publishers]
        self._routes = routes
        self._applier = Applier(
            pool, routes=routes, dependencies=dependencies, parking_cap=parking_cap, clock=clock
        )
        self._batch_size = batch_size
        self._stalled_after_seconds = stalled_after_seconds
        self._turn_seconds = turn_seconds
        self._after_commit = after_commit
        self._on_holes = on_holes
        self._lag = Lag(self._topics, clock)
        self._gate = Gate(pool, "consumer")

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop. While paused it is no member of its group, and holds no partition.

        Being fenced and finding another cluster are ordinary: join the group anew. Everything else is
        raised; when it was the database or the broker that was away, call `run` again.
        """
        while not stop.is_set():
            await self._gate.until_open(stop)
            if stop.is_set():
                return
            try:
                await self._consume(stop)
            except (Fenced, ClusterChanged) as error:
                reason = type(error).__name__
                metrics.consumer_restarts_total.labels(reason).inc()
                get_logger().warning("consumer_restarts", consumer_group=self._group, reason=reason)

    async def _consume(self, stop: asyncio.Event) -> None:
        metrics.parked_events.set(await count_parked(self._pool))
        await ensure_topics(self._bootstrap, self._publishers)
        now = asyncio.get_running_loop().time
        watchdog: Watchdog[TopicPartition] = Watchdog(
            stalled_after_seconds=self._stalled_after_seconds, now=now
        )
        membership = join_group(
            self._pool, bootstrap=self._bootstrap, consumer_group=self._group, topics=self._topics
        )
        async with membership as (consumer, assignment), OffsetReport(consumer, now=now) as report:
            while not stop.is_set() and await self._gate.is_open():
                await self._turn(consumer, assignment)
                report.send({each: held.next_offset for each, held in assignment.positions.items()})
                if watchdog.is_due():
                    await self._look_for_stalls(assignment, watchdog)

    async def _turn(self, consumer: GroupClient, assignment: Assignment) -> None:
        await assignment.take_leases()
        if assignment.settled:
            self._lag.only(assignment.positions)
        fetched = [await self._fetch(consumer)]
        now = asyncio.get_running_loop().time
        began, came = now(), sum(map(len, fetched[0].values()))
        if came == self._batch_size:
            # A backlog comes in long runs of one partition, while the client holds some of others already.
            others = [each for each in assignment.positions if each not in fetched[0]]
            fetched += [await self._fetch(consumer, each) for each in others[: BATCHES_A_TURN - 1]]
        async with assignment.lock:
            batches = [
                partial(self._apply_next, consumer, assignment, records) for records in fetched if records
            ]
            await side_by_side(batches, at_once=BATCHES_AT_ONCE)
        if came and not any(_is_behind(consumer, *each) for each in fetched[0].items()):
            await asyncio.sleep(began + self._turn_seconds - now())

    async def _fetch(
        self, consumer: GroupClient, *partitions: TopicPartition
    ) -> dict[TopicPartition, list[Any]]:
        """A batch of any partitions, waiting for one; or what there is of those that are named."""
        wait_ms = 0 if partitions else FETCH_WAIT_MS
        try:
            # Bounded, because getmany() waits for the end of a rebalance however long that takes.
            return await asyncio.wait_for(
                consumer.getmany(*partitions, timeout_ms=wait_ms, max_records=self._batch_size),
                FETCH_LIMIT_SECONDS,
            )
        except TimeoutError:
            return {}

    async def _apply_next(
        self, consumer: GroupClient, assignment: Assignment, fetched: Mapping[TopicPartition, list[Any]]
    ) -> None:
        ours = {
            partition: records
            for partition, records in fetched.items()
            if assignment.continues(partition, records[0].offset)
        }
        if ours:
            await self._apply(assignment, ours)
        for partition, records in ours.items():
            if not _is_behind(consumer, partition, records):
                self._lag.caught_up(partition)

    async def _apply(self, assignment: Assignment, fetched: Mapping[TopicPartition, list[Any]]) -> None:
        for partition, records in fetched.items():
            self._lag.waits(partition, datetime.fromtimestamp(records[0].timestamp / 1000, UTC))
        incoming = {partition: [decode(each) for each in records] for partition, records in fetched.items()}
        with self._spans([each for came in incoming.values() for each in came]) as traces:
            batches = {
                partition: Batch(
                    lease=assignment.positions[partition].lease,
                    expected=assignment.positions[partition].next_offset,
                    following=came[-1].offset + 1,
                    incoming=came,
                    traces=traces.get(partition, {}),
                )
                for partition, came in incoming.items()
            }
            applied = await self._commit(batches.values())
        for partition, batch in batches.items():
            assignment.positions[partition].next_offset = batch.following
            assignment.positions[partition].just_sought = False
        report_applied(applied)
        if applied.events:
            self._after_commit()
        if applied.holes:
            self._on_holes()

    async def _commit(self, batches: Collection[Batch]) -> Applied:
        try:
            return await self._applier.apply(*batches)
        except Fenced:
            for topic in {batch.lease.topic for batch in batches}:
                metrics.fenced_batches_total.labels(topic).inc()
            raise

    async def _look_for_stalls(self, assignment: Assignment, watchdog: Watchdog[TopicPartition]) -> None:
        behind = await assignment.behind(self._topics)
        for partition in behind:
            self._lag.is_behind(partition)
        watchdog.observe(behind)

    @contextmanager
    def _spans(
        self, incoming: Sequence[Incoming]
    ) -> Iterator[Mapping[TopicPartition, Mapping[int, TraceContext]]]:
        """A span for each event that a route wants; gives their contexts by partition and offset."""
        if not tracing.is_recording():
            yield {}  # each goes on in the trace that it came with
            return
        traced = [each for each in incoming if type(each.data) in self._routes]
        with event_spans([self._span(each) for each in traced]) as contexts:
            traces: dict[TopicPartition, dict[int, TraceContext]] = {}
            for each, context in zip(traced, contexts, strict=True):
                traces.setdefault(TopicPartition(each.topic, each.partition), {})[each.offset] = context
            yield traces

    def _span(self, incoming: Incoming) -> EventSpan:
        envelope = incoming.envelope
        return EventSpan(
            name=f"process {incoming.topic}",
            kind="consumer",
            trace=envelope.trace if envelope else {},
            attributes={
                "messaging.system": "kafka",
                "messaging.operation.name": "process",
                "messaging.operation.type": "process",
                "messaging.destination.name": incoming.topic,
                "messaging.destination.partition.id": str(incoming.partition),
                "messaging.kafka.offset": incoming.offset,
                "messaging.consumer.group.name": self._group,
                "messaging.message.id": str(envelope.event_id) if envelope else "",
            },
        )


def _is_behind(consumer: GroupClient, partition: TopicPartition, records: Sequence[Any]) -> bool:
    """Whether the log goes on after these."""
    end: int = consumer.highwater(partition) or 0
    following: int = records[-1].offset + 1
    return end > following
