"""Takes what establishments state about identities, each once, and carries it out in the same transaction.

What one HL7 v2 message states is one transaction, and known again as a whole: by its first statement.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

from services.admission.domain.identities.statement import (
    Action,
    IdentityReceipt,
    Statement,
    TraitsStatement,
    marks_of_numbers,
)
from services.admission.domain.identities.work_item import Evidence
from services.admission.domain.submission import content_sha256
from services.admission.domain.whole_messages import numbered
from services.admission.handlers.accept_movement import ask_for_affiliations
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.carry_out import Effect, carry_out
from services.admission.handlers.identities.disputed_merges import record_disputed_merge
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.handlers.identities.work_items import items_of, record_items
from services.admission.handlers.meanwhile import LinkedMeanwhile
from services.admission.storage import submissions
from services.admission.storage.identities import movements, statements
from services.admission.storage.identities.statements import StatementRow
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.runtime.ids import new_id
from shared.security.audit.access import entry_of
from shared.security.audit.entry import Entry
from shared.security.principal import Principal
from shared.spine.audit import entries as audit


class StatementAccepted(Struct, frozen=True):
    """The receipt, and whether the same statement was stored before."""

    receipt: IdentityReceipt
    is_repeated: bool


class StatementConflict(Struct, frozen=True):
    """Something else was stored under this source event id; both digests are hexadecimal SHA-256."""

    stored_sha256: str
    given_sha256: str


class MessageStored(Struct, frozen=True):
    """The same message was stored when it meant movements, which it does not any more."""


class ReceivedStatement(Struct, frozen=True):
    """A statement as it came."""

    action: Action
    statement: Statement
    body: bytes


class _Given(Struct, frozen=True, kw_only=True):
    all: Sequence[ReceivedStatement]
    digest: str
    source: Principal
    message: bytes | None = None
    """The digest of the message that states all of it, whatever its event means; `None` without one."""


async def state_identity(
    dependencies: Dependencies, action: Action, statement: Statement, *, body: bytes, source: Principal
) -> StatementAccepted | StatementConflict:
    """Carry the statement out, unless it was before; raises what `content_sha256` raises."""
    given = _Given(
        all=(ReceivedStatement(action, statement, body),),
        digest=_digest(action, content_sha256(body)),
        source=source,
    )
    outcome = await _state(dependencies, given)
    assert not isinstance(outcome, MessageStored)  # noqa: S101 - it is no message
    return outcome


async def state_identities(
    dependencies: Dependencies, stated: Sequence[ReceivedStatement], *, content: bytes, source: Principal
) -> StatementAccepted | StatementConflict | MessageStored:
    """Carry out what one message states, all of it or nothing; `content` is the digest by which it is known
    again. The receipt is that of the first statement."""
    digest = _digest(stated[0].action, content)
    return await _state(dependencies, _Given(all=stated, digest=digest, source=source, message=content))


def _digest(action: Action, content: bytes) -> str:
    return sha256(action.encode() + content).hexdigest()


async def _state(
    dependencies: Dependencies, given: _Given
) -> StatementAccepted | StatementConflict | MessageStored:
    await ask_for_affiliations(dependencies, {each.statement.establishment for each in given.all})
    while True:
        try:
            return await _state_once(dependencies, given)
        except LinkedMeanwhile:
            continue


async def _state_once(
    dependencies: Dependencies, given: _Given
) -> StatementAccepted | StatementConflict | MessageStored:
    source, first = given.source, given.all[0].statement
    async with dependencies.chains.lent() as chain, transaction(dependencies.pool) as connection:
        if all(isinstance(each.statement, TraitsStatement) for each in given.all):
            # It only adds numbers, as movements do: nothing that anybody remembers is void.
            await movements.share_identities(
                connection, movements.statement_key(source.source_id, first.source_event_id)
            )
        else:
            await movements.lock_identities(connection)
        stored = await statements.receipt_of(connection, source.source_id, first.source_event_id)
        other = await _stored_otherwise(connection, given) if stored is None else stored.content_sha256
        if stored is None and given.message is not None and other == given.message.hex():
            return MessageStored()
        if other not in {None, given.digest}:
            return StatementConflict(other or "", given.digest)
        if stored is not None:
            access = _access(source, stored, "repeated", access_id=new_id(), at=dependencies.clock())
            await audit.add(connection, chain.extend([access]))
            return StatementAccepted(stored, is_repeated=True)
        receipts = [
            await _take(dependencies, connection, each, given=given, place=place)
            for place, each in enumerate(given.all)
        ]
        access_id = receipts[0].receipt_id
        accesses = [
            _access(source, receipt, "states", access_id=access_id, at=receipt.accepted_at)
            for receipt in receipts
        ]
        await audit.add(connection, chain.extend(accesses))
    return StatementAccepted(receipts[0], is_repeated=False)


async def _stored_otherwise(connection: Connection, given: _Given) -> str | None:
    """The digest of a message of movements that came under this MSH-10."""
    if given.message is None:
        return None
    key = (given.source.source_id, given.all[0].statement.source_event_id)
    found = await submissions.receipts_of(connection, [key])
    return found[key].content_sha256 if key in found else None


async def _take(
    dependencies: Dependencies,
    connection: Connection,
    stated: ReceivedStatement,
    *,
    given: _Given,
    place: int,
) -> IdentityReceipt:
    statement = stated.statement
    numbers = OwnNumbers(
        dependencies,
        connection,
        dependencies.affiliations[statement.establishment],
        at=min(statement.emitted_at, dependencies.clock()),
    )
    effect = await carry_out(numbers, stated.action, statement, source_id=given.source.source_id)
    receipt = IdentityReceipt(
        receipt_id=new_id(),
        source_event_id=numbered(statement.source_event_id, place),
        action=stated.action,
        person_id=effect.person.person_id,
        accepted_at=dependencies.clock(),
        content_sha256=given.digest,
        marks=(*effect.marks, *marks_of_numbers(statement)),
    )
    record = dependencies.vault.encrypt(
        effect.person.wrapped_key,
        stated.body,
        context=statements.STATEMENT_CONTEXT + receipt.receipt_id.bytes,
    )
    row = StatementRow(
        source_id=given.source.source_id,
        establishment=statement.establishment,
        emitted_at=statement.emitted_at,
        merge_id=effect.merge_id,
        other_person_id=effect.other,
        record=record,
    )
    await statements.add(connection, row, receipt)
    await _record_doubts(dependencies, connection, effect, statement, receipt)
    return receipt


async def _record_doubts(
    dependencies: Dependencies,
    connection: Connection,
    effect: Effect,
    statement: Statement,
    receipt: IdentityReceipt,
) -> None:
    if effect.disputed is not None:
        await record_disputed_merge(dependencies, connection, effect.disputed, receipt=receipt)
    if effect.recognised is not None:
        found = effect.recognised
        own = Evidence(establishment=statement.establishment, receipt_id=receipt.receipt_id)
        items = items_of(
            own, found.person, found.doubts, compared=found.compared, found_at=receipt.accepted_at
        )
        await record_items(connection, items)


def _access(source: Principal, receipt: IdentityReceipt, why: str, *, access_id: UUID, at: datetime) -> Entry:
    """The entry of the audit, whatever door the statement came by; of one access for all of a message."""
    return entry_of(
        source,
        "state_identity",
        "done",
        at=at,
        access_id=access_id,
        person_id=receipt.person_id,
        object_id=receipt.receipt_id,
        why=why,
    )
