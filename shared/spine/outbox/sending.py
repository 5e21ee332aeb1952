"""Sends a batch of ledger rows to the broker, pipelined and in order, and waits for every acknowledgement."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from shared.events.envelope import TraceContext
from shared.events.registry import TOPICS
from shared.runtime.waiting import mark_error_retrieved
from shared.spine.records import cloud_events
from shared.spine.records.incoming import Envelope
from shared.spine.records.spans import event_spans, send_span

ACKNOWLEDGED_WITHIN_SECONDS: Final = 30

_traces: Final = msgspec.json.Decoder(TraceContext)


async def send(producer: Any, publisher: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Return when the broker has acknowledged every row; raises a KafkaError or TimeoutError otherwise."""
    topic = TOPICS[publisher]
    envelopes = [_envelope_of_row(publisher, row) for row in rows]
    with event_spans([send_span(topic, envelope) for envelope in envelopes]) as contexts:
        async with asyncio.timeout(ACKNOWLEDGED_WITHIN_SECONDS):
            sent = []
            # One after the other: concurrent calls of send() may overtake each other.
            for envelope, row, context in zip(envelopes, rows, contexts, strict=True):
                headers = cloud_events.encode(msgspec.structs.replace(envelope, trace=context))
                key = str(envelope.subject).encode()
                sent.append(await producer.send(topic, row["data"], key=key, headers=headers))
                # When a later send() raises, nobody awaits the earlier ones.
                sent[-1].add_done_callback(mark_error_retrieved)
            await asyncio.gather(*sent)


def _envelope_of_row(publisher: str, row: Mapping[str, Any]) -> Envelope:
    return Envelope(
        event_id=row["event_id"],
        publisher=publisher,
        subject=row["subject"],
        sequence=row["sequence"],
        type=row["type"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        trace=_traces.decode(row["trace"]) if row["trace"] else {},
    )
