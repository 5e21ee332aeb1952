"""Keeps the relations that admission granted, and gives those by which somebody may see a person.

Only what admission signed gets here: anything else is parked. Of one grant the highest revision holds, so
grants and their ends may come in any order and repeatedly.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.pool import Connection, Executor
from shared.events.relations import GrantBasis, RelationEnded, RelationGranted
from shared.security.signatures import Verifier
from shared.spine.records.received import EventRejected, ReceivedEvent
from shared.stays.relations import Relation

_STATE: Final = """
INSERT INTO relations (person_id, grant_id, revision, basis, establishments, of, begins_at, ends_at, ended)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (person_id, grant_id) DO UPDATE SET revision = excluded.revision, basis = excluded.basis,
    establishments = excluded.establishments, of = excluded.of, begins_at = excluded.begins_at,
    ends_at = excluded.ends_at, ended = excluded.ended
WHERE relations.revision < excluded.revision
"""
_OF_PERSONS: Final = """
SELECT basis, establishments, of, begins_at, ends_at FROM relations
WHERE (person_id = ANY ($1) OR basis = 'network') AND establishments && $2::text[] AND NOT ended
    AND begins_at <= $3 AND (ends_at IS NULL OR $3 < ends_at)
"""


class Verifies(Protocol):
    """The dependencies of a service that takes grants."""

    @property
    def grants(self) -> Verifier: ...


@dataclass(frozen=True, kw_only=True)
class GrantedRelation:
    """That establishments may see what others stated of a person."""

    basis: GrantBasis
    establishments: frozenset[str]
    of: frozenset[str]
    """Empty: whoever stated it."""
    begins_at: datetime
    ends_at: datetime | None

    @property
    def relation(self) -> Relation:
        """What the policy decides by."""
        return Relation(
            establishments=self.establishments,
            basis=self.basis,
            begins_at=self.begins_at,
            ends_at=self.ends_at,
            of=self.of,
        )


def relation_table(metadata: MetaData) -> None:
    """Add the table to a service's metadata."""
    moment = DateTime(timezone=True)
    relations = Table(
        "relations",
        metadata,
        Column("person_id", Uuid, primary_key=True, comment="A network in place of one: for all persons"),
        Column("grant_id", Uuid, primary_key=True),
        Column("revision", Integer, nullable=False, comment="The highest holds"),
        Column("basis", Text, comment="None where only the end is known"),
        Column("establishments", ARRAY(Text), nullable=False, comment="Who may see"),
        Column("of", ARRAY(Text), nullable=False, comment="Whose statements; empty: everybody's"),
        Column("begins_at", moment),
        Column("ends_at", moment),
        Column("ended", Boolean, nullable=False),
        comment="Replica of the relations that admission granted",
    )
    Index("ix_relations_networks", relations.c.grant_id, postgresql_where=text("basis = 'network'"))


async def on_relations(
    dependencies: Verifies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Keep what is signed by a key that is known here; raises `EventRejected` for the rest."""
    rows = []
    for event in events:
        stated = event.data
        if not isinstance(stated, RelationGranted | RelationEnded):
            continue
        if not dependencies.grants.is_valid(event.subject, stated):
            raise EventRejected(event.event_id, "not signed by a known key")
        rows.append(_row(event.subject, stated))
    await connection.executemany(_STATE, rows)


async def relations_of(
    connection: Executor, person_ids: Collection[UUID], establishments: Collection[str], *, at: datetime
) -> list[GrantedRelation]:
    """What lets one of the establishments see a person who is known under these ids, at the moment."""
    rows = await connection.fetch(_OF_PERSONS, list(person_ids), list(establishments), at)
    return [
        GrantedRelation(
            basis=row["basis"],
            establishments=frozenset(row["establishments"]),
            of=frozenset(row["of"]),
            begins_at=row["begins_at"],
            ends_at=row["ends_at"],
        )
        for row in rows
    ]


def _row(subject: UUID, stated: RelationGranted | RelationEnded) -> tuple[Any, ...]:
    if isinstance(stated, RelationEnded):
        return (subject, stated.grant_id, stated.revision, None, [], [], None, None, True)
    return (
        subject,
        stated.grant_id,
        stated.revision,
        stated.basis,
        list(stated.establishments),
        list(stated.of),
        stated.begins_at,
        stated.ends_at,
        False,
    )
