"""Holds the SQL of statements about identities, and of the numbers that they give and end."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.identifiers import Owner, Person
from services.admission.domain.identities.statement import IdentityReceipt
from shared.database.pool import Connection, Executor


class StatedTraits(Struct, frozen=True):
    """A sealed statement of whom numbers mean."""

    receipt_id: UUID
    record: bytes
    wrapped_key: bytes


class StatementRow(Struct, frozen=True, kw_only=True):
    """A statement as it is stored, beside its receipt."""

    source_id: UUID
    establishment: str
    emitted_at: datetime
    merge_id: UUID | None
    """The merge that it states or undoes."""
    other_person_id: UUID | None
    """Who else is named in it, where no merge says so."""
    record: bytes
    """The body, encrypted with the key of the receipt's person."""


STATEMENT_CONTEXT: Final = b"identity statement "
"""The context that an encrypted statement is bound to, together with its receipt's id."""

_RECEIPT: Final = """
SELECT receipt_id, source_event_id, action, person_id, accepted_at, encode(content_sha256, 'hex'), marks
FROM identity_statements WHERE source_id = $1 AND source_event_id = $2
"""
_DIGESTS: Final = """
SELECT source_id, source_event_id, encode(content_sha256, 'hex') AS digest FROM identity_statements
JOIN unnest($1::uuid[], $2::text[]) AS k (source_id, source_event_id) USING (source_id, source_event_id)
"""
_ADD: Final = """
INSERT INTO identity_statements
    (source_id, source_event_id, content_sha256, receipt_id, action, establishment, emitted_at, merge_id,
    person_id, marks, accepted_at, record, other_person_id)
VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
# A clock that is ahead counts as the moment of the receipt (decision 0026).
_NEWEST: Final = """
SELECT max(least(emitted_at, accepted_at)) FROM identity_statements WHERE merge_id = $1
"""
_WAS_NAMED: Final = """
SELECT EXISTS (
    SELECT FROM identity_statements
    WHERE $1 IN (person_id, other_person_id) AND least(emitted_at, accepted_at) <= $2
)
"""
_ADD_PERSON: Final = "INSERT INTO persons (person_id, wrapped_key) VALUES ($1, $2)"
_LINK: Final = """
INSERT INTO identifiers (blind_index, person_id, scope, basis) VALUES ($1, $2, $3, 'decided')
ON CONFLICT (blind_index) DO NOTHING
"""
_END: Final = "DELETE FROM identifiers WHERE blind_index = ANY ($1) AND scope = $2"
_TAKE_AWAY: Final = """
WITH ended AS (
    DELETE FROM identifiers WHERE blind_index = $1 AND scope = $2 RETURNING person_id
)
INSERT INTO former_numbers (blind_index, ended_at, person_id, scope)
SELECT $1, $3, person_id, $2 FROM ended ON CONFLICT (blind_index, ended_at) DO NOTHING
"""
_HAD: Final = """
INSERT INTO former_numbers (blind_index, ended_at, person_id, scope) VALUES ($1, $2, $3, $4)
ON CONFLICT (blind_index, ended_at) DO NOTHING
"""
_GIVE: Final = """
UPDATE identifiers SET person_id = $2, scope = $3, basis = 'decided' WHERE blind_index = $1 AND person_id = $4
"""
_JOINED_SCOPES: Final = """
SELECT DISTINCT scope FROM identifiers WHERE person_id = $1 AND basis = 'qualified_ins' AND scope IS NOT NULL
"""
_HAND_OVER: Final = """
WITH former AS (UPDATE former_numbers SET person_id = $2 WHERE person_id = $1 AND scope = ANY ($3))
UPDATE identifiers SET person_id = $2, basis = 'decided' WHERE person_id = $1 AND scope = ANY ($3)
"""
_TRAITS: Final = """
SELECT receipt_id, record, wrapped_key FROM identity_statements JOIN persons USING (person_id)
WHERE person_id = $1 AND action = 'traits' AND establishment = ANY ($2) AND record <> ''
"""
_SEAL_AGAIN: Final = "UPDATE identity_statements SET person_id = $2, record = $3 WHERE receipt_id = $1"
_HAND_ON: Final = "UPDATE identifiers SET scope = $3 WHERE blind_index = $1 AND scope = $2"


async def receipt_of(connection: Executor, source_id: UUID, source_event_id: str) -> IdentityReceipt | None:
    """The receipt of what the source stated under its own event id; `None` when it stated nothing."""
    row = await connection.fetchrow(_RECEIPT, source_id, source_event_id)
    if row is None:
        return None
    receipt_id, event_id, action, person_id, accepted_at, digest, marks = row
    return IdentityReceipt(
        receipt_id=receipt_id,
        source_event_id=event_id,
        action=action,
        person_id=person_id,
        accepted_at=accepted_at,
        content_sha256=digest,
        marks=tuple(marks),
    )


async def digests_of(connection: Executor, keys: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
    """The digests of what was stated about identities under these (source, its own event id)."""
    rows = await connection.fetch(_DIGESTS, [source for source, _ in keys], [event for _, event in keys])
    return {(row["source_id"], row["source_event_id"]): row["digest"] for row in rows}


async def add(connection: Connection, row: StatementRow, receipt: IdentityReceipt) -> None:
    """Store a statement that was not there before."""
    await connection.execute(
        _ADD,
        row.source_id,
        receipt.source_event_id,
        receipt.content_sha256,
        receipt.receipt_id,
        receipt.action,
        row.establishment,
        row.emitted_at,
        row.merge_id,
        receipt.person_id,
        list(receipt.marks),
        receipt.accepted_at,
        row.record,
        row.other_person_id,
    )


async def newest_emitted_at(connection: Executor, merge_id: UUID) -> datetime | None:
    """When the newest statement about a merge was emitted."""
    found: datetime | None = await connection.fetchval(_NEWEST, merge_id)
    return found


async def was_named_by(connection: Executor, person_id: UUID, moment: datetime) -> bool:
    """Whether anything was stated of the person's identity until then."""
    found: bool = await connection.fetchval(_WAS_NAMED, person_id, moment)
    return found


async def add_person(connection: Connection, person: Person) -> None:
    """Add a person of whom nothing is stated yet but a number."""
    await connection.execute(_ADD_PERSON, person.person_id, person.wrapped_key)


async def link(connection: Connection, blind_index: bytes, owner: Owner) -> bool:
    """Give a number that is nobody's to a person; whether it was nobody's."""
    done = await connection.execute(_LINK, blind_index, owner.person.identity, owner.scope)
    return done != "INSERT 0 0"


async def give(connection: Connection, blind_index: bytes, owner: Owner, *, former: UUID) -> None:
    """Give a number of one person to another."""
    await connection.execute(_GIVE, blind_index, owner.person.identity, owner.scope, former)


async def end(connection: Connection, blind_indexes: Collection[bytes], *, scope: str) -> bool:
    """Take numbers of this scope from whoever has them; whether anybody had one."""
    done = await connection.execute(_END, list(blind_indexes), scope)
    return done != "DELETE 0"


async def take_away(connection: Connection, blind_index: bytes, *, scope: str, at: datetime) -> bool:
    """Take a number of this scope from whoever has it, and keep whose it was; whether anybody had it."""
    done = await connection.execute(_TAKE_AWAY, blind_index, scope, at)
    return done != "INSERT 0 0"


async def had(connection: Connection, blind_index: bytes, owner: Owner, *, until: datetime) -> None:
    """A number was a person's until then."""
    await connection.execute(_HAD, blind_index, until, owner.person.identity, owner.scope)


async def end_national(connection: Connection, national: bytes, *, scope: str, heir: str | None) -> bool:
    """Take an INS from whoever has it, unless another scope stated it first, or goes on to state it.

    Whether it was this scope's.
    """
    if heir is None:
        return await end(connection, [national], scope=scope)
    done = await connection.execute(_HAND_ON, national, scope, heir)
    return done != "UPDATE 0"


async def joined_scopes(connection: Connection, person_id: UUID) -> set[str]:
    """The scopes whose numbers an INS joined to the person."""
    return {row["scope"] for row in await connection.fetch(_JOINED_SCOPES, person_id)}


async def hand_over(connection: Connection, former: UUID, to: UUID, *, scopes: Collection[str]) -> None:
    """Give all numbers of these scopes that one person has to another."""
    await connection.execute(_HAND_OVER, former, to, list(scopes))


async def stated_traits(
    connection: Connection, person_id: UUID, establishments: Collection[str]
) -> list[StatedTraits]:
    """What these establishments stated of the person without a movement."""
    rows = await connection.fetch(_TRAITS, person_id, list(establishments))
    return [StatedTraits(*row) for row in rows]


async def seal_again(connection: Connection, receipt_id: UUID, person_id: UUID, record: bytes) -> None:
    """Keep a statement as another person's."""
    await connection.execute(_SEAL_AGAIN, receipt_id, person_id, record)
