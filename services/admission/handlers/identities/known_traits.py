"""Reads what is known of persons' traits from the records that their keys encrypt."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.admission.domain.movement import Traits
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.identities.records import newest_records
from services.admission.storage.submissions import RECORD_CONTEXT


class _StatedPerson(Struct, frozen=True):
    traits: Any = None


class _Stated(Struct, frozen=True):
    person: _StatedPerson


class LastStated(Struct, frozen=True):
    """The newest traits of a person, and who stated them by which receipt; else their newest statement."""

    establishment: str
    receipt_id: UUID
    traits: Traits | None


async def last_stated(dependencies: Dependencies, persons: Collection[UUID]) -> dict[UUID, LastStated]:
    """What was stated last of each of these persons."""
    known: dict[UUID, LastStated] = {}
    for record in await newest_records(dependencies.pool, persons):
        if (before := known.get(record.person_id)) is not None and before.traits is not None:
            continue
        body = dependencies.vault.decrypt(
            record.wrapped_key, record.record, context=RECORD_CONTEXT + record.event_id.bytes
        )
        stated = msgspec.json.decode(body, type=_Stated).person.traits
        traits = _readable(stated) if isinstance(stated, dict) else None
        if before is None or traits is not None:
            known[record.person_id] = LastStated(record.establishment, record.receipt_id, traits)
    return known


def _readable(stated: Mapping[str, Any]) -> Traits:
    """The traits that can be read: a record is the body as it came (decision 0019)."""
    readable: dict[str, Any] = {}
    for name in Traits.__struct_fields__:
        try:
            msgspec.convert({name: stated[name]}, Traits)
        except (KeyError, msgspec.ValidationError):
            continue
        readable[name] = stated[name]
    return msgspec.convert(readable, Traits)
