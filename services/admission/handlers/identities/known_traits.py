"""Reads what is known of persons' traits from the records that their keys encrypt."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.admission.domain.identities.merges import groups
from services.admission.domain.movement import Traits
from services.admission.domain.stated_traits import readable_traits
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.identities import merges
from services.admission.storage.identities.records import newest_records
from services.admission.storage.identities.statements import STATEMENT_CONTEXT
from services.admission.storage.submissions import RECORD_CONTEXT
from shared.database.pool import Executor


class _StatedPerson(Struct, frozen=True):
    traits: Any = None


class _Stated(Struct, frozen=True):
    person: _StatedPerson


class LastStated(Struct, frozen=True):
    """Who stated something of a person last, by which receipt, and the newest traits by establishment."""

    establishment: str
    receipt_id: UUID
    traits: Mapping[str, Traits]
    receipts: Mapping[str, UUID]
    """Those of the statements that hold them."""


async def last_stated(
    dependencies: Dependencies, connection: Executor, persons: Collection[UUID]
) -> dict[UUID, LastStated]:
    """What was stated last of each of these persons, and of those who are one with them."""
    holding = await merges.connected(connection, persons)
    group_of = groups(persons, holding)
    known: dict[UUID, LastStated] = {}
    for record in await newest_records(connection, {person: group_of[person] for person in persons}):
        before = known.get(record.person_id)
        if before is not None and record.establishment in before.traits:
            continue
        context = STATEMENT_CONTEXT + record.receipt_id.bytes
        if record.event_id is not None:
            context = RECORD_CONTEXT + record.event_id.bytes
        body = dependencies.vault.decrypt(record.wrapped_key, record.record, context=context)
        stated = msgspec.json.decode(body, type=_Stated).person.traits
        traits = {record.establishment: readable_traits(stated)} if isinstance(stated, dict) else {}
        receipts = dict.fromkeys(traits, record.receipt_id)
        if before is None or (traits and not before.traits):
            known[record.person_id] = LastStated(record.establishment, record.receipt_id, traits, receipts)
        elif traits:
            both = {**before.traits, **traits}, {**before.receipts, **receipts}
            known[record.person_id] = replace(before, traits=both[0], receipts=both[1])
    return known
