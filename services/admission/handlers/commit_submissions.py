"""Commits a batch of submissions: each becomes one event of one person, all in one transaction.

Two statements store a batch; a third one is needed only where some of it was stored before.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.admission.domain.identifiers import EarlierOwners, Owner, Person, is_settled
from services.admission.domain.receipt import Receipt
from services.admission.domain.submission import (
    Identified,
    Submission,
    SubmissionKey,
    identify_all,
    persons_to_compare,
)
from services.admission.domain.whole_messages import follows, outcomes, torn, whole
from services.admission.handlers import meanwhile
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed
from services.admission.handlers.hl7v2.claim_messages import claim
from services.admission.handlers.identities.delete_stays import cancel_late
from services.admission.handlers.identities.known_traits import LastStated, last_stated
from services.admission.handlers.identities.take_movements import (
    disputed_movements,
    moved_already,
    take_movements,
)
from services.admission.handlers.identities.work_items import record_doubts
from services.admission.storage import submissions as storage
from services.admission.storage.submissions import Link, Row, Stored
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.registry import ADMISSION
from shared.runtime.ids import random_id
from shared.security.audit.entry import Entry
from shared.security.vault import Vault
from shared.spine.outbox.append import append
from shared.telemetry import metrics, tracing

MAX_OWNERS = 50_000


async def commit_submissions(dependencies: Dependencies, batch: Sequence[Submission]) -> list[Flushed]:
    """Store the batch; the outcome of each, in order, where of several under one key the first counts."""
    has_messages = any(each.message_event_id is not None for each in batch)
    otherwise: dict[UUID, str] = {}
    with (
        metrics.intake_flush_seconds.time(),
        tracing.span("intake flush", trace={}, attributes={"relais.batch.size": len(batch)}) as span,
    ):
        receipts = await _store_first(dependencies, batch, otherwise=otherwise if has_messages else None)
    flush = span.get_span_context()
    if has_messages:
        return [Flushed(each, flush) for each in outcomes(batch, receipts, otherwise=otherwise)]
    return [Flushed(each.outcome(receipts[each.key]), flush) for each in batch]


async def _store_first(
    dependencies: Dependencies, batch: Sequence[Submission], *, otherwise: dict[UUID, str] | None
) -> dict[SubmissionKey, Receipt]:
    """The receipts, by key; `otherwise` gets messages under whose MSH-10 identities were stated."""
    while True:
        first: dict[SubmissionKey, Submission] = {}
        for submission in batch if otherwise is None else whole(batch, without=otherwise):
            first.setdefault(submission.key, submission)
        try:
            return await _store(dependencies, list(first.values()), batch=batch) if first else {}
        except meanwhile.StatedOtherwise as stated:  # ends: each time, there are fewer
            assert otherwise is not None  # noqa: S101 - only messages are
            otherwise |= stated.messages


async def _store(
    dependencies: Dependencies, submissions: Sequence[Submission], *, batch: Sequence[Submission]
) -> dict[SubmissionKey, Receipt]:
    """The receipts, by key; `batch` are all that came, for the audit."""
    # Ends: each time another batch is first, at least one more identifier of this batch has an owner.
    while True:
        revision = dependencies.owners.revision
        owners, earlier = await owners_of(dependencies, submissions)
        others = persons_to_compare(submissions, owners)
        compared = await last_stated(dependencies, dependencies.pool, others) if others else {}
        identified = list(
            identify_all(
                submissions,
                owners,
                new_persons=iter(lambda: Person(random_id(), dependencies.vault.new_key()), None),
                earlier=earlier,
                traits={person_id: one.traits for person_id, one in compared.items()},
            )
        )
        known = {owner.person.person_id for owner in owners.values()}
        known |= {person.person_id for person in earlier.values()}
        created = {one.person for one in identified if one.person.person_id not in known}
        try:
            return await _commit(dependencies, identified, created, compared, batch=batch, revision=revision)
        except meanwhile.IdentitiesChanged as changed:
            dependencies.owners.numbers.clear()
            dependencies.owners.revision = changed.revision
        except meanwhile.StoredBefore as stored:
            submissions = [
                one for one in submissions if one.message_event_id not in stored.messages or not follows(one)
            ]
        except meanwhile.LinkedMeanwhile:
            continue


async def _commit(
    dependencies: Dependencies,
    identified: Sequence[Identified],
    created: Collection[Person],
    compared: Mapping[UUID, LastStated],
    *,
    batch: Sequence[Submission],
    revision: int,
) -> dict[SubmissionKey, Receipt]:
    rows = [_row(dependencies.vault, one) for one in identified]
    recorded_at = dependencies.clock()
    async with dependencies.chains.lent() as chain, transaction(dependencies.pool) as connection:
        messages = [one.submission for one in identified if one.submission.message_event_id is not None]
        if messages:
            await claim(connection, messages)
        found = await _store_new(connection, identified, rows, created, revision=revision)
        new = found.event_ids
        stored = [one for one in identified if one.submission.event_id in new]
        if any(one.doubts for one in stored):
            await record_doubts(connection, stored, compared=compared, found_at=recorded_at)
        events = await _events(connection, stored, found, recorded_at=recorded_at)
        repeated = [one.submission.key for one in identified if one.submission.event_id not in new]
        receipts = await storage.receipts_of(connection, repeated) if repeated else {}
        appended = await append(
            connection,
            publisher=ADMISSION,
            events=events,
            recorded_at=recorded_at,
            accesses=chain.extend(_accesses(batch, identified, receipts, at=recorded_at)),
        )
    recorded = {event.event_id: event for event in appended}
    for one in stored:
        _remember(dependencies, one.links, revision=revision)
        receipts[one.submission.key] = _receipt(one, recorded[one.submission.event_id])
    return receipts


def _accesses(
    batch: Sequence[Submission],
    identified: Sequence[Identified],
    repeated: Mapping[SubmissionKey, Receipt],
    *,
    at: datetime,
) -> Iterator[Entry]:
    """The entry of each that became, or had become, an event: of several under one key the first does."""
    known = {one.submission.key: one for one in identified}
    for submission in batch:
        one, before = known.get(submission.key), repeated.get(submission.key)
        if one is None:
            continue
        yield Entry(
            at=at,
            # All that one message states is one access.
            access_id=submission.message_event_id or submission.receipt_id,
            operation="state_movement",
            stage="done",
            why="states" if before is None and one.submission is submission else "repeated",
            person_id=one.person.person_id if before is None else before.person_id,
            object_id=one.submission.event_id if before is None else before.event_id,
            key_id=submission.key_id,
            source_id=submission.source_id,
            establishment=submission.data.establishment,
        )


async def _events(
    connection: Connection, stored: Sequence[Identified], found: Stored, *, recorded_at: datetime
) -> list[NewEvent]:
    """The event of each submission, and what follows where it names another person than its movement's."""
    moved = await moved_already(connection, stored, found, recorded_at=recorded_at) if found.moves else {}
    of_others = {**found.taken, **moved}
    is_plain = not of_others and len({one.submission.data.movement_id for one in stored}) == len(stored)
    disputed = {} if is_plain else disputed_movements(stored, of_others, recorded_at=recorded_at)
    taken = await take_movements(connection, disputed, taken=of_others) if disputed else {}
    events = [event for one in stored for event in taken.get(one.submission.event_id) or (_event(one),)]
    return await cancel_late(connection, events, found) if found.deleted else events


async def owners_of(
    dependencies: Dependencies, submissions: Sequence[Submission]
) -> tuple[dict[bytes, Owner], EarlierOwners]:
    """The owners of the known identifiers; asks storage, once, where those remembered do not tell all."""
    remembered, revision = dependencies.owners.numbers, dependencies.owners.revision
    unsure: set[bytes] = set()
    earlier: set[tuple[bytes, str]] = set()
    found: dict[bytes, Owner] = {}
    for submission in submissions:
        for number in submission.numbers:
            for index in (number.local, number.national):
                if index is not None and index in remembered:
                    found[index] = remembered[index]
                    remembered.move_to_end(index)
            if not is_settled(number, found):
                unsure.add(number.local)
                if number.national is not None:
                    unsure.add(number.national)
                earlier.update((index, submission.data.establishment) for index in number.earlier)
    if not unsure:
        return found, {}
    stored, stated = await storage.owners_of(dependencies.pool, unsure, earlier=earlier)
    _remember(dependencies, stored, revision=revision)
    return found | stored, stated


def _remember(dependencies: Dependencies, owners: Mapping[bytes, Owner], *, revision: int) -> None:
    """Keep what is committed, and forget what was not asked for the longest."""
    if revision == dependencies.owners.revision:  # else another flusher has found it out of date
        dependencies.owners.numbers.update(owners)
        while len(dependencies.owners.numbers) > MAX_OWNERS:
            dependencies.owners.numbers.popitem(last=False)


async def _store_new(
    connection: Connection,
    identified: Sequence[Identified],
    rows: Sequence[Row],
    created: Collection[Person],
    *,
    revision: int,
) -> Stored:
    """Store the submissions; returns what was not stored before."""
    links = [
        Link(
            blind_index=index,
            person_id=owner.person.identity,
            event_id=one.submission.event_id,
            scope=None if owner.scope == one.submission.data.establishment else owner.scope,
            basis="qualified_ins" if one.is_joined else None,
        )
        for one in identified
        for index, owner in one.links.items()
    ]
    found = await storage.store(connection, rows=rows, links=links, persons=created, revision=revision)
    if found.revision != revision:
        raise meanwhile.IdentitiesChanged(found.revision)
    if found.linked < len({link.blind_index for link in links if link.event_id in found.event_ids}):
        raise meanwhile.LinkedMeanwhile
    messages = [one.submission for one in identified if one.submission.message_event_id is not None]
    if messages and (before := torn(messages, found.event_ids)):
        raise meanwhile.StoredBefore(before)
    return found


def _row(vault: Vault, identified: Identified) -> Row:
    submission = identified.submission
    return Row(
        source_id=submission.source_id,
        source_event_id=submission.source_event_id,
        content_sha256=submission.content_sha256,
        receipt_id=submission.receipt_id,
        event_id=submission.event_id,
        establishment=submission.data.establishment,
        marks=identified.marks,
        ignored=submission.ignored,
        record=vault.encrypt(
            identified.person.wrapped_key,
            submission.body,
            context=storage.RECORD_CONTEXT + submission.event_id.bytes,
        ),
        movement_id=submission.data.movement_id,
        stay_id=submission.data.stay_id,
        stated_as=identified.person.identity,
    )


def _event(identified: Identified) -> NewEvent:
    submission = identified.submission
    return NewEvent(
        event_id=submission.event_id,
        subject=identified.person.person_id,
        occurred_at=submission.data.occurred_at,
        data=submission.data,
        trace=submission.trace,
    )


def _receipt(identified: Identified, event: RecordedEvent) -> Receipt:
    return Receipt(
        receipt_id=identified.submission.receipt_id,
        event_id=event.event_id,
        person_id=event.subject,
        source_event_id=identified.submission.source_event_id,
        accepted_at=event.recorded_at,
        content_sha256=identified.submission.content_sha256.hex(),
        marks=identified.marks,
        ignored=identified.submission.ignored,
    )
