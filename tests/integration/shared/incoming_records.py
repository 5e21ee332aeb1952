"""Records as a consumer meets them, made without a broker."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.db.pool import Connection, Pool
from shared.events.admission import AccessRevoked
from shared.inbox import checkpoint
from shared.inbox.application import Batch, Route
from shared.inbox.checkpoint import Claim
from shared.inbox.incoming import Envelope, Incoming
from shared.inbox.received import EventRejected, ReceivedEvent

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WRONG = "the payload does not fit its type"
REFUSED = "refused by the use case"


def incoming(
    subject: UUID,
    sequence: int,
    *,
    event_id: UUID | None = None,
    known_type: bool = True,
    reason: str | None = None,
) -> Incoming:
    """A record that was read; with a `reason` it is wrong, with an unknown type nobody wants it."""
    event_id = event_id or uuid4()
    return Incoming(
        topic="relais.admission",
        partition=0,
        offset=0,
        key=str(subject).encode(),
        value=b"{}",
        headers=(("ce_id", str(event_id).encode()),),
        envelope=Envelope(
            event_id=event_id,
            publisher="admission",
            subject=subject,
            sequence=sequence,
            type="relais.admission.access-revoked.v1" if known_type else "relais.admission.unheard-of.v1",
            occurred_at=NOW,
            recorded_at=NOW,
        ),
        data=AccessRevoked(key_id=uuid4()) if known_type and reason is None else None,
        reason=reason,
    )


def unreadable() -> Incoming:
    """A record of which not even the headers make sense."""
    return Incoming(
        topic="relais.admission",
        partition=0,
        offset=0,
        key=b"\xff",
        value=b"\x00",
        headers=(),
        reason="the headers are not those of a CloudEvent 1.0",
    )


def event_id(record: Incoming) -> UUID:
    """The id of a readable record."""
    assert record.envelope is not None
    return record.envelope.event_id


class Partition:
    """One partition as its owner sees it: makes batches that follow each other."""

    def __init__(self, claim: Claim, position: int) -> None:
        self.claim = claim
        self.position = position

    def batch(self, records: Sequence[Incoming]) -> Batch:
        """The next batch; call `moved` once it is applied."""
        return Batch(
            claim=self.claim,
            expected=self.position,
            following=self.position + len(records),
            incoming=records,
        )

    def moved(self, batch: Batch) -> None:
        """The batch was applied."""
        self.position = batch.following


async def claim_partition(pool: Pool) -> Partition:
    """Own the partition, from its stored position or 0."""
    claim, stored = await checkpoint.raise_epoch(
        pool, consumer_group="relais-test", cluster_id="cluster", topic="relais.admission", partition=0
    )
    if stored is None:
        await checkpoint.move(pool, claim, 0)
    return Partition(claim, stored or 0)


async def record_effects(connection: Connection, events: Sequence[ReceivedEvent]) -> None:
    """A use case: one row per event; applying an event twice would fail."""
    await connection.executemany(
        "INSERT INTO effects (event_id) VALUES ($1)", [(event.event_id,) for event in events]
    )


def refusing(*refused: UUID) -> Route:
    """A use case that finds some events wrong, after it has written the effects of all."""

    async def route(connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_effects(connection, events)
        for event in events:
            if event.event_id in refused:
                raise EventRejected(event.event_id, REFUSED)

    return route
