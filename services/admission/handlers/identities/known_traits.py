"""Reads the traits that are known of persons, from the records that their keys encrypt."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from services.admission.domain.movement import Traits
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.identities.records import newest_records
from services.admission.storage.submissions import RECORD_CONTEXT


class _StatedPerson(msgspec.Struct, frozen=True):
    traits: Any = None


class _Stated(msgspec.Struct, frozen=True):
    person: _StatedPerson


async def known_traits(dependencies: Dependencies, persons: Collection[UUID]) -> dict[UUID, Traits]:
    """The traits that were stated last of each of these persons; nothing of those without any."""
    known: dict[UUID, Traits] = {}
    for record in await newest_records(dependencies.pool, persons):
        if record.person_id in known:
            continue
        body = dependencies.vault.decrypt(
            record.wrapped_key, record.record, context=RECORD_CONTEXT + record.event_id.bytes
        )
        stated = msgspec.json.decode(body, type=_Stated).person.traits
        if isinstance(stated, dict):
            known[record.person_id] = _readable(stated)
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
