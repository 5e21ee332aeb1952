"""Keeps the ids of those who were erased, so that what comes late about them changes nothing.

An id leads to nobody any more: the numbers that named the person, and the key, are gone. It is kept because
what was published before the erasure may come after it: late, pulled, retried or in a rebuild.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from shared.database.pool import Connection, Executor
from shared.events.erasure import PersonErased
from shared.runtime.clock import Clock
from shared.security.signatures import Verifier
from shared.spine.records.received import EventRejected, ReceivedEvent

_REMEMBER: Final = """
INSERT INTO erased (person_id, erasure_id, erased_at)
SELECT person_id, erasure_id, $3 FROM unnest($1::uuid[], $2::uuid[]) AS e (person_id, erasure_id)
ON CONFLICT (person_id) DO NOTHING
"""
_AMONG: Final = "SELECT person_id FROM erased WHERE person_id = ANY ($1)"
# What was parked of them is not worth repairing: it would have no effect. It blocks nothing any more.
_DISMISS: Final = """
UPDATE parked SET state = 'dismissed', settled_at = $2, settled_by = 'relais',
    settled_because = 'the person was erased', key = NULL, headers = '[]', value = NULL
WHERE subject = ANY ($1) AND state = 'parked'
"""


class Verifies(Protocol):
    """The dependencies of a service that forgets persons."""

    @property
    def clock(self) -> Clock: ...

    @property
    def grants(self) -> Verifier: ...


async def remember(connection: Connection, erasures: Mapping[UUID, UUID], *, at: datetime) -> None:
    """Keep whom these erasures erased: person -> erasure."""
    await connection.execute(_REMEMBER, list(erasures), list(erasures.values()), at)


async def erased_among(connection: Executor, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of these persons who were erased."""
    return {row["person_id"] for row in await connection.fetch(_AMONG, list(person_ids))}


async def erased_persons(
    dependencies: Verifies, connection: Connection, events: Sequence[ReceivedEvent]
) -> list[UUID]:
    """Who is to be forgotten by these events, from now on: `UnlessErased` hands on nothing of theirs.

    Raises `EventRejected` for what admission did not sign.
    """
    for event in events:
        if isinstance(event.data, PersonErased) and not dependencies.grants.is_valid(
            event.subject, event.data
        ):
            raise EventRejected(event.event_id, "not signed by a known key")
    erasures = {
        event.subject: event.data.erasure_id for event in events if isinstance(event.data, PersonErased)
    }
    now = dependencies.clock()
    await remember(connection, erasures, at=now)
    await connection.execute(_DISMISS, list(erasures), now)
    return list(erasures)


async def on_person_erased(
    dependencies: Verifies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """All that a service does that knows nobody: it keeps counting, and drops what was parked."""
    await erased_persons(dependencies, connection, events)
