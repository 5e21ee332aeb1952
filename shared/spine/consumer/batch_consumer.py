"""Consumes the topics of a service: one transaction applies what all partitions brought.

A transaction costs about the same whether it applies one event or fifty, and at a steady trickle each
partition brings one: with a transaction per partition an event would wait for those of all the others.
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
from shared.spine.consumer.assignment import Assignment, ClusterChanged, join_group
from shared.spine.consumer.concurrency import run_concurrently
from shared.spine.consumer.progress import Lag, OffsetReport, Watchdog
from shared.spine.inbox.applied import Applied, report_applied
from shared.spine.inbox.applier import Applier, Batch
from shared.spine.inbox.checkpoint import Fenced
from shared.spine.inbox.parking import count_parked
from shared.spine.kafka.broker import Bootstrap
from shared.spine.kafka.clients import GroupClient, group_client
from shared.spine.kafka.topics import ensure_topics
from shared.spine.pause.gate import Gate
from shared.spine.records.cloud_events import decode
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.spans import event_spans, process_span
from shared.telemetry import metrics, tracing
from shared.telemetry.logging import get_logger

FETCH_WAIT_MS: Final = 200
FETCH_LIMIT_SECONDS: Final = 5
BATCHES_PER_FETCH: Final = 8
"""While a backlog is read. A rebalance waits for all of them."""
CONCURRENT_BATCHES: Final = 4
"""Each takes a connection, together half of a pool. They lock as workers do that share the partitions."""


def _ignore() -> None:
    return


class BatchConsumer:
    """One member of a service's consumer group; run one in every worker."""

    def __init__(
        self,
        pool: Pool,
        applier: Applier,
        *,
        bootstrap: Bootstrap,
        group: str,
        publishers: Sequence[str],
        batch_size: int = 500,
        stalled_after_seconds: float = 60,
        fetch_interval_seconds: float = 0,
        on_holes: Callable[[], None] = _ignore,
        clock: Clock = system_clock,
        open_client: Callable[..., GroupClient] = group_client,
    ) -> None:
        """`fetch_interval_seconds`: at a steady flow fetches begin so far apart, and what comes meanwhile
        shares the next transaction. A lone event does not wait, and neither does a backlog.

        `on_holes` is called after every commit that noted missing numbers, so that they can be pulled.
        """
        self._pool = pool
        self._applier = applier
        self._bootstrap = bootstrap
        self._group = group
        self._publishers = publishers
        self._topics = [TOPICS[publisher] for publisher in publishers]
        self._batch_size = batch_size
        self._stalled_after_seconds = stalled_after_seconds
        self._fetch_interval_seconds = fetch_interval_seconds
        self._on_holes = on_holes
        self._open_client = open_client
        self._lag = Lag(self._topics, clock)
        self._gate = Gate(pool, "consumer")

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until told to stop. While paused it is no member of its group, and holds no partition.

        Being fenced and finding another cluster are ordinary: it joins the group again. Everything else is
        raised; when the database or the broker was unreachable, call `run` again.
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
            self._pool,
            bootstrap=self._bootstrap,
            consumer_group=self._group,
            topics=self._topics,
            open_client=self._open_client,
        )
        async with membership as (client, assignment), OffsetReport(client, now=now) as report:
            while not stop.is_set() and await self._gate.is_open():
                await self.consume_once(client, assignment)
                report.send({each: held.next_offset for each, held in assignment.positions.items()})
                if watchdog.is_due():
                    await self._observe_progress(assignment, watchdog)

    async def consume_once(self, client: GroupClient, assignment: Assignment) -> None:
        """Fetch once and apply what came; raises Fenced, ClusterChanged, or whatever a use case raised."""
        await assignment.take_leases()
        if assignment.all_leased:
            self._lag.keep_only(assignment.positions)
        fetched = [await self._fetch(client)]
        now = asyncio.get_running_loop().time
        began, came = now(), sum(map(len, fetched[0].values()))
        if came == self._batch_size:
            # A backlog comes in long runs of one partition, while the client holds some of others already.
            others = [each for each in assignment.positions if each not in fetched[0]]
            fetched += [await self._fetch(client, each) for each in others[: BATCHES_PER_FETCH - 1]]
        async with assignment.lock:
            batches = [
                partial(self._apply_next, client, assignment, records) for records in fetched if records
            ]
            await run_concurrently(batches, limit=CONCURRENT_BATCHES)
        if came and not any(_is_behind(client, *each) for each in fetched[0].items()):
            await asyncio.sleep(began + self._fetch_interval_seconds - now())

    async def _fetch(
        self, client: GroupClient, *partitions: TopicPartition
    ) -> dict[TopicPartition, list[Any]]:
        """A batch of any partitions, waiting for one; or what the client holds of those that are named."""
        wait_ms = 0 if partitions else FETCH_WAIT_MS
        try:
            # Bounded, because getmany() waits for the end of a rebalance however long that takes.
            return await asyncio.wait_for(
                client.getmany(*partitions, timeout_ms=wait_ms, max_records=self._batch_size),
                FETCH_LIMIT_SECONDS,
            )
        except TimeoutError:
            return {}

    async def _apply_next(
        self, client: GroupClient, assignment: Assignment, fetched: Mapping[TopicPartition, list[Any]]
    ) -> None:
        ours = {
            partition: records
            for partition, records in fetched.items()
            if assignment.continues(partition, records[0].offset)
        }
        if ours:
            await self._apply(assignment, ours)
        for partition, records in ours.items():
            if not _is_behind(client, partition, records):
                self._lag.caught_up(partition)

    async def _apply(self, assignment: Assignment, fetched: Mapping[TopicPartition, list[Any]]) -> None:
        for partition, records in fetched.items():
            self._lag.record_waits(partition, datetime.fromtimestamp(records[0].timestamp / 1000, UTC))
        incoming = {partition: [decode(each) for each in records] for partition, records in fetched.items()}
        with self._record_spans([each for came in incoming.values() for each in came]) as traces:
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
            applied = await self._apply_counting_fenced(batches.values())
        for partition, batch in batches.items():
            assignment.positions[partition].next_offset = batch.following
            assignment.positions[partition].just_sought = False
        report_applied(applied)
        if applied.holes:
            self._on_holes()

    async def _apply_counting_fenced(self, batches: Collection[Batch]) -> Applied:
        try:
            return await self._applier.apply(*batches)
        except Fenced:
            for topic in {batch.lease.topic for batch in batches}:
                metrics.fenced_batches_total.labels(topic).inc()
            raise

    async def _observe_progress(self, assignment: Assignment, watchdog: Watchdog[TopicPartition]) -> None:
        behind = await assignment.behind(self._topics)
        for partition in behind:
            self._lag.is_behind(partition)
        watchdog.observe(behind)

    @contextmanager
    def _record_spans(
        self, incoming: Sequence[IncomingRecord]
    ) -> Iterator[Mapping[TopicPartition, Mapping[int, TraceContext]]]:
        """Record a span for each event that a route takes; yields their contexts by partition and offset."""
        if not tracing.is_recording():
            yield {}  # each goes on in the trace that it came with
            return
        traced = [each for each in incoming if self._applier.has_route(each)]
        with event_spans([process_span(each, self._group) for each in traced]) as contexts:
            traces: dict[TopicPartition, dict[int, TraceContext]] = {}
            for each, context in zip(traced, contexts, strict=True):
                traces.setdefault(TopicPartition(each.topic, each.partition), {})[each.offset] = context
            yield traces


def _is_behind(client: GroupClient, partition: TopicPartition, records: Sequence[Any]) -> bool:
    """Whether the log goes on after these records."""
    end: int = client.highwater(partition) or 0
    following: int = records[-1].offset + 1
    return end > following
