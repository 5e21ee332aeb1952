"""How does a batch of submissions become events? All of it in one commit, each once, each with a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from msgspec import Struct
from opentelemetry.trace import SpanContext

from services.admission.domain.identity import Person
from services.admission.domain.marks import Mark
from services.admission.domain.receipt import Accepted, Outcome, Receipt, sent_again
from services.admission.handlers.identities import Assigned, Identities, assign
from services.admission.handlers.submission import Submission
from services.admission.storage import submissions as storage
from services.admission.storage.submissions import Key, Link, Row
from shared.database.pool import Connection, Pool
from shared.database.transaction import transaction
from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.registry import ADMISSION
from shared.runtime.clock import Clock
from shared.security.vault import Vault
from shared.spine.outbox.append import append
from shared.telemetry import metrics, tracing

RECORD_CONTEXT = b"submission record "
"""What a sealed record is bound to, with its event id."""


class LinkedMeanwhile(Exception):  # noqa: N818
    """Another batch was the first to link an identifier; whose it is can be read now."""


class Flushed(Struct, frozen=True):
    """What became of a submission, and the span of the flush that it was part of."""

    outcome: Outcome
    flush: SpanContext


@dataclass(frozen=True, slots=True)
class CommitSubmissions:
    """Stores a batch in one transaction of two statements; a third one only where some were sent before."""

    pool: Pool
    vault: Vault
    identities: Identities
    clock: Clock

    async def __call__(self, batch: Sequence[Submission]) -> list[Flushed]:
        """The outcome of each, in order; of several under one key the first one counts."""
        leaders: dict[Key, Submission] = {}
        for submission in batch:
            leaders.setdefault(submission.key, submission)
        with (
            metrics.intake_flush_seconds.time(),
            tracing.span("intake flush", trace={}, attributes={"relais.batch.size": len(batch)}) as span,
        ):
            receipts = await self._store(list(leaders.values()))
        flush = span.get_span_context()
        return [Flushed(_outcome(submission, receipts[submission.key]), flush) for submission in batch]

    async def _store(self, submissions: Sequence[Submission]) -> dict[Key, Receipt]:
        # Ends: every turn that is lost makes at least one identifier of the batch a known one.
        while True:
            created: list[Person] = []

            def new_person(created: list[Person] = created) -> Person:
                created.append(Person(uuid4(), self.vault.new_key()))
                return created[-1]

            known = await self.identities.owners(submissions)
            assigned = list(assign(submissions, known, new_person=new_person))
            try:
                return await self._commit(assigned, created)
            except LinkedMeanwhile:
                continue

    async def _commit(self, assigned: Sequence[Assigned], created: Sequence[Person]) -> dict[Key, Receipt]:
        rows = [self._row(one) for one in assigned]
        recorded_at = self.clock()
        async with transaction(self.pool) as connection:
            stored = await _stored_of(connection, assigned, rows, created)
            events = [_event(one) for one in stored]
            recorded = await append(connection, publisher=ADMISSION, events=events, recorded_at=recorded_at)
            again = {one.submission.key for one in assigned} - {one.submission.key for one in stored}
            receipts = await storage.receipts_of(connection, list(again)) if again else {}
        for one, event in zip(stored, recorded, strict=True):
            self.identities.remember(one.links)
            receipts[one.submission.key] = _receipt(one, event)
        return receipts

    def _row(self, assigned: Assigned) -> Row:
        submission = assigned.submission
        return Row(
            source_id=submission.source_id,
            source_event_id=submission.source_event_id,
            content_sha256=submission.content_sha256,
            receipt_id=submission.receipt_id,
            event_id=submission.event_id,
            establishment=submission.data.establishment,
            marks=_marks(assigned),
            record=self.vault.encrypt(
                assigned.person.wrapped_key,
                submission.body,
                context=RECORD_CONTEXT + submission.event_id.bytes,
            ),
        )


async def _stored_of(
    connection: Connection, assigned: Sequence[Assigned], rows: Sequence[Row], created: Sequence[Person]
) -> list[Assigned]:
    """Store, and give those that were not there before."""
    links = [
        Link(index, owner.person_id, one.submission.event_id)
        for one in assigned
        for index, owner in one.links.items()
    ]
    found = await storage.store(connection, rows=rows, links=links, persons=created)
    if any(link.blind_index not in found.blind_indexes for link in links if link.event_id in found.event_ids):
        raise LinkedMeanwhile
    return [one for one in assigned if one.submission.event_id in found.event_ids]


def _event(assigned: Assigned) -> NewEvent:
    submission = assigned.submission
    return NewEvent(
        event_id=submission.event_id,
        subject=assigned.person.person_id,
        occurred_at=submission.data.occurred_at,
        data=submission.data,
        trace=submission.trace,
    )


def _marks(assigned: Assigned) -> tuple[Mark, ...]:
    return (
        (*assigned.submission.marks, "identity_conflict") if assigned.conflict else assigned.submission.marks
    )


def _receipt(assigned: Assigned, event: RecordedEvent) -> Receipt:
    return Receipt(
        receipt_id=assigned.submission.receipt_id,
        event_id=event.event_id,
        person_id=event.subject,
        source_event_id=assigned.submission.source_event_id,
        sequence=event.sequence,
        accepted_at=event.recorded_at,
        content_sha256=assigned.submission.content_sha256.hex(),
        marks=_marks(assigned),
    )


def _outcome(submission: Submission, receipt: Receipt) -> Outcome:
    if receipt.event_id == submission.event_id:
        return Accepted(receipt)
    return sent_again(receipt, given_sha256=submission.content_sha256.hex())
