"""Holds the SQL that erases a person: key, numbers and all that was stated, but for what was published."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.erasure import Erasure
from shared.database.pool import Connection, Executor

_SAME: Final = """
SELECT same.person_id FROM persons AS named
JOIN persons AS same
    ON coalesce(same.survivor_id, same.person_id) = coalesce(named.survivor_id, named.person_id)
WHERE named.person_id = $1 ORDER BY same.person_id
"""
_RECORDS: Final = """
SELECT s.event_id, s.establishment, s.record, p.wrapped_key
FROM ledger AS l JOIN submissions AS s USING (event_id) JOIN persons AS p ON p.person_id = l.subject
WHERE l.subject = ANY ($1) AND s.record <> ''
"""
# What was stated under another person first, sealed with that one's key, is named by what restates it. A
# sender's own id of a message is personal: that of the receipt stands in its place. The digest goes, too: who
# knows the rest of a message could find the name in it by trying.
_EMPTY_SUBMISSIONS: Final = """
WITH own AS MATERIALIZED (
    SELECT event_id, (convert_from(data, 'UTF8')::jsonb ->> 'restates')::uuid AS restates
    FROM ledger WHERE subject = ANY ($1)
)
UPDATE submissions SET source_event_id = 'erased ' || receipt_id, content_sha256 = '', record = ''
WHERE event_id IN (SELECT event_id FROM own UNION SELECT restates FROM own WHERE restates IS NOT NULL)
"""
# The numbers of both persons are in a statement that they are one or not, or that something is the other's,
# whosever key sealed it. Of who else is named in older ones only what they did tells.
_EMPTY_STATEMENTS: Final = """
UPDATE identity_statements SET source_event_id = 'erased ' || receipt_id, content_sha256 = '', record = ''
WHERE person_id = ANY ($1) OR other_person_id = ANY ($1) OR merge_id IN (
    SELECT merge_id FROM merges WHERE surviving = ANY ($1) OR merged = ANY ($1)
) OR action = 'move' AND other_person_id IS NULL AND person_id IN (
    SELECT to_person FROM stay_moves WHERE former = ANY ($1)
    UNION SELECT (convert_from(data, 'UTF8')::jsonb ->> 'to_person')::uuid FROM ledger
    WHERE subject = ANY ($1) AND type = 'relais.admission.movement-reassigned.v1'
)
"""
# Free text of the sender's and the trace that it gave; sequence, ids, establishment and times count on.
_STRIP_LEDGER: Final = """
UPDATE ledger SET trace = NULL, data = CASE
    WHEN position('"unit"'::bytea IN data) = 0 AND position('"responsibility"'::bytea IN data) = 0 THEN data
    ELSE convert_to((convert_from(data, 'UTF8')::jsonb - 'unit' - 'responsibility')::text, 'UTF8') END
WHERE subject = ANY ($1)
"""
_DELETE: Final = (
    "DELETE FROM grants WHERE person_id = ANY ($1) OR subject = ANY ($1)",
    "DELETE FROM identity_work_items WHERE person_id = ANY ($1) OR other_person_id = ANY ($1)",
    "DELETE FROM stay_moves WHERE former = ANY ($1) OR to_person = ANY ($1)",
    "DELETE FROM deleted_stays WHERE person_id = ANY ($1)",
    "DELETE FROM merges WHERE surviving = ANY ($1) OR merged = ANY ($1)",
    "DELETE FROM movements WHERE stated_as = ANY ($1)",
    "DELETE FROM former_numbers WHERE person_id = ANY ($1)",
    "DELETE FROM identifiers WHERE person_id = ANY ($1)",
    "DELETE FROM persons WHERE person_id = ANY ($1)",
)
_KEEP: Final = """
INSERT INTO erasures (erasure_id, basis, author, key_id, erased_at) VALUES ($1, $2, $3, $4, $5)
"""
_COLUMNS: Final = """
erasure_id, basis, author AS by, e.erased_at,
    ARRAY(
        SELECT person_id FROM erased WHERE erased.erasure_id = e.erasure_id ORDER BY person_id
    ) AS person_ids
"""
_OF_PERSON: Final = f"""
SELECT {_COLUMNS} FROM erasures AS e JOIN erased USING (erasure_id) WHERE erased.person_id = $1
"""  # noqa: S608
_LISTED: Final = f"""
SELECT {_COLUMNS} FROM erasures AS e WHERE (e.erased_at, erasure_id) > ($1, $2)
ORDER BY e.erased_at, erasure_id LIMIT $3
"""  # noqa: S608


class SealedRecord(Struct, frozen=True):
    """What a source sent of a person, sealed."""

    event_id: UUID
    establishment: str
    record: bytes
    wrapped_key: bytes


async def one_with(connection: Executor, person_id: UUID) -> list[UUID]:
    """Every id of the person, this one included; none of somebody unknown."""
    return [row["person_id"] for row in await connection.fetch(_SAME, person_id)]


async def records_of(connection: Executor, person_ids: Collection[UUID]) -> list[SealedRecord]:
    """What was stated under these ids, as long as it can be read."""
    return [SealedRecord(*row) for row in await connection.fetch(_RECORDS, list(person_ids))]


async def erase(connection: Connection, person_ids: Collection[UUID]) -> None:
    """Delete the keys and all that they seal, and whatever leads to these ids; receipts and ledger stay."""
    for statement in (_EMPTY_SUBMISSIONS, _EMPTY_STATEMENTS, _STRIP_LEDGER, *_DELETE):
        await connection.execute(statement, list(person_ids))


async def keep(connection: Connection, erasure: Erasure, *, key_id: UUID | None) -> None:
    """Keep that it was done, on what basis and by whom."""
    await connection.execute(_KEEP, erasure.erasure_id, erasure.basis, erasure.by, key_id, erasure.erased_at)


async def of_person(connection: Executor, person_id: UUID) -> Erasure | None:
    """The erasure of who had this id; `None` of somebody who was not erased."""
    row = await connection.fetchrow(_OF_PERSON, person_id)
    return None if row is None else _erasure(row)


async def listed(connection: Executor, after: tuple[datetime, UUID], *, limit: int) -> Sequence[Erasure]:
    """What follows `after`, oldest first."""
    return [_erasure(row) for row in await connection.fetch(_LISTED, *after, limit)]


def _erasure(row: Any) -> Erasure:
    known = dict(row)
    return Erasure(**known | {"person_ids": tuple(known["person_ids"])})
