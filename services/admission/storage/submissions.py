"""Holds the SQL of the intake: one statement stores a batch, each submission once, with what it links."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.admission.domain.identifiers import EarlierOwners, Owner, Person
from services.admission.domain.identities.deletion import DeletedStay
from services.admission.domain.identities.reassignment import StayMove
from services.admission.domain.receipt import Receipt
from services.admission.domain.submission import SubmissionKey
from services.admission.storage.identities.movements import Whose
from shared.database.columns import sparse
from shared.database.pool import Connection, Executor


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """One submission as it is stored; `record` is the body, encrypted with the person's key."""

    source_id: UUID
    source_event_id: str
    content_sha256: bytes
    receipt_id: UUID
    event_id: UUID
    establishment: str
    marks: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    record: bytes
    movement_id: UUID
    stay_id: UUID
    stated_as: UUID
    """Whom it names, before any merge."""


class Link(Struct, frozen=True, gc=False):
    """An identifier that becomes a person's, provided that the submission of this event is stored."""

    blind_index: bytes
    person_id: UUID
    event_id: UUID
    scope: str | None
    """`None`: the establishment of the submission."""
    basis: Literal["qualified_ins"] | None
    """`None`: stated."""


class Stored(Struct, frozen=True):
    """The submissions and identifiers that were not there before; none under another revision."""

    revision: int
    """Of the identities now."""
    event_ids: frozenset[UUID]
    linked: int
    """How many identifiers became somebody's."""
    taken: Mapping[UUID, Whose]
    """Movements of which any names another person than before, and whose those were."""
    moves: Sequence[StayMove] = ()  # of stays that they are about
    deleted: Sequence[DeletedStay] = ()  # of those stays, of whomever


class StoredSubmission(Struct, frozen=True):
    """A body as it came, encrypted, and the payload that was published of it."""

    event_id: UUID
    record: bytes  # empty once whom it is about was erased
    data: bytes
    wrapped_key: bytes | None
    """None once the person's key is erased: the record cannot be read any more."""
    held_by: UUID  # who has the movement now


RECORD_CONTEXT = b"submission record "
"""The context that an encrypted record is bound to, together with its event id."""

# OFFSET 0 makes each step a look into an index, row by row. Without it, a plan that was made while the tables
# were small reads them as a whole for each batch (measured at 8,000 identifiers: 300 ms instead of 8).
_OWNERS = """
SELECT asked.blind_index, known.person_id AS stated_as, persons.person_id, wrapped_key, scope, establishment,
    ended_at
FROM (
    SELECT blind_index, NULL AS establishment FROM unnest($1::bytea[]) AS i (blind_index)
    UNION ALL SELECT * FROM unnest($2::bytea[], $3::text[])
) AS asked
CROSS JOIN LATERAL (
    SELECT person_id, scope, NULL AS ended_at FROM identifiers WHERE blind_index = asked.blind_index
    UNION ALL SELECT person_id, scope, ended_at FROM former_numbers
    WHERE blind_index = asked.blind_index AND asked.establishment IS NULL
    OFFSET 0
) AS known
CROSS JOIN LATERAL (
    SELECT coalesce(survivor_id, person_id) AS person_id FROM persons
    WHERE person_id = known.person_id OFFSET 0
) AS survivor
CROSS JOIN LATERAL (
    SELECT person_id, wrapped_key FROM persons WHERE person_id = survivor.person_id OFFSET 0
) AS persons
WHERE establishment IS NULL OR EXISTS (
    SELECT FROM ledger
    WHERE subject IN (known.person_id, survivor.person_id) AND ledger.establishment = asked.establishment
    OFFSET 0
)
ORDER BY ended_at
"""

# A submission that is already there brings nothing with it, hence `stored` before `linked` before
# `created`. The inserts that may wait for another batch do so in sorted order: no deadlock.
# `held` comes first: it excludes who merges or separates persons, until the commit. Only then is the revision
# read, which a sequence shows as it is now, whatever the snapshot; another one than expected stores nothing.
_STORE = """
WITH held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(hashtext('identities'))
), identities AS MATERIALIZED (
    SELECT coalesce(pg_sequence_last_value('identity_revision'), 0) AS revision FROM held
), stored AS (
    INSERT INTO submissions
        (source_id, source_event_id, content_sha256, receipt_id, event_id, establishment, marks, record)
    SELECT source_id, source_event_id, content_sha256, receipt_id, event_id, establishment,
        string_to_array(marks, ','), record
    FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
        $8::bytea[]) AS s
        (source_id, source_event_id, content_sha256, receipt_id, event_id, establishment, marks, record)
    WHERE (SELECT revision FROM identities) = $14
    ORDER BY source_id, source_event_id
    ON CONFLICT (source_id, source_event_id) DO NOTHING
    RETURNING event_id, establishment, source_id, receipt_id
), followed AS (
    INSERT INTO followed_movements (event_id, source_id, receipt_id)
    SELECT event_id, source_id, receipt_id FROM stored WHERE source_id IN (SELECT source_id FROM callbacks)
), linked AS (
    INSERT INTO identifiers (blind_index, person_id, scope, basis)
    SELECT DISTINCT ON (blind_index) blind_index, person_id, coalesce(scope, establishment),
        coalesce(basis, 'stated')
    FROM unnest($9::bytea[], $10::uuid[], $11::uuid[], $17::text[], $18::text[])
        AS l (blind_index, person_id, event_id, scope, basis)
    JOIN stored USING (event_id)
    ORDER BY blind_index
    ON CONFLICT (blind_index) DO NOTHING
    RETURNING person_id
), created AS (
    INSERT INTO persons (person_id, wrapped_key)
    SELECT * FROM unnest($12::uuid[], $13::bytea[]) AS p (person_id, wrapped_key)
    WHERE person_id IN (SELECT person_id FROM linked)
), owned AS (
    INSERT INTO movements (movement_id, stated_as)
    SELECT DISTINCT ON (movement_id) movement_id, stated_as
    FROM unnest($5::uuid[], $15::uuid[], $16::uuid[]) WITH ORDINALITY
        AS m (event_id, movement_id, stated_as, place)
    WHERE event_id IN (SELECT event_id FROM stored)
    ORDER BY movement_id, place DESC
    ON CONFLICT (movement_id) DO UPDATE SET stated_as = excluded.stated_as, decided_at = NULL
        WHERE movements.stated_as <> excluded.stated_as OR movements.movement_id = ANY ($19)
    RETURNING movement_id, old.stated_as AS former, old.decided_at AS former_decided_at
)
SELECT (SELECT revision FROM identities) AS revision,
    ARRAY(SELECT event_id FROM stored) AS event_ids,
    (SELECT count(*) FROM linked) AS linked,
    ARRAY(SELECT (movement_id, former, former_decided_at) FROM owned WHERE former IS NOT NULL) AS taken,
    ARRAY(SELECT (stay_id, former, to_person, decided_at) FROM stay_moves WHERE stay_id = ANY ($20)) AS moves,
    ARRAY(
        SELECT (stay_id, emitted_at, source_id, person_id) FROM deleted_stays WHERE stay_id = ANY ($20)
    ) AS deleted
"""

_RECEIPT = """
SELECT s.source_id, s.source_event_id, s.content_sha256, s.receipt_id, s.event_id, s.establishment, s.marks,
    l.subject, l.recorded_at
FROM submissions AS s JOIN ledger AS l USING (event_id)
"""
_BY_KEYS = f"""{_RECEIPT}
JOIN unnest($1::uuid[], $2::text[]) AS k (source_id, source_event_id) USING (source_id, source_event_id)
"""
_BY_ID = f"{_RECEIPT} WHERE s.receipt_id = $1"
_STORED_SUBMISSION = """
SELECT s.event_id, s.record, l.data, p.wrapped_key,
    coalesce(named.survivor_id, m.stated_as, l.subject) AS held_by
FROM submissions AS s JOIN ledger AS l USING (event_id) LEFT JOIN persons AS p ON p.person_id = l.subject
LEFT JOIN movements AS m ON m.movement_id = (convert_from(l.data, 'UTF8')::jsonb ->> 'movement_id')::uuid
LEFT JOIN persons AS named ON named.person_id = m.stated_as
WHERE s.receipt_id = $1
"""


async def owners_of(
    connection: Executor, blind_indexes: Collection[bytes], *, earlier: Collection[tuple[bytes, str]]
) -> tuple[dict[bytes, Owner], EarlierOwners]:
    """The persons of known identifiers; of earlier ones (index, establishment) those whom that one stated."""
    before = [index for index, _ in earlier], [establishment for _, establishment in earlier]
    rows = await connection.fetch(_OWNERS, list(blind_indexes), *before)
    known: dict[bytes, Owner] = {}
    stated: dict[tuple[bytes, str], Person] = {}
    for row in rows:
        if row["establishment"] is None:
            index, ended_at = row["blind_index"], row["ended_at"]
            former = (*known[index].before, replace(known[index], before=())) if index in known else ()
            known[index] = Owner(_person(row), row["scope"], ended_at, former)
        else:
            stated[row["blind_index"], row["establishment"]] = _person(row)
    return known, stated


async def store(
    connection: Connection,
    *,
    rows: Sequence[Row],
    links: Sequence[Link],
    persons: Collection[Person],
    revision: int,
) -> Stored:
    """Store what is new; returns what was new.

    An identifier that another transaction linked first is not in the answer: the caller rolls back and asks
    again. `persons` are the new ones; one of them exists once it has an identifier. `revision` is that of the
    identities under which the persons were found; none other stores anything.
    """
    found = await connection.fetchrow(
        _STORE,
        [row.source_id for row in rows],
        [row.source_event_id for row in rows],
        [row.content_sha256 for row in rows],
        [row.receipt_id for row in rows],
        [row.event_id for row in rows],
        [row.establishment for row in rows],
        [",".join((*row.marks, *row.ignored)) for row in rows],
        [row.record for row in rows],
        [link.blind_index for link in links],
        [link.person_id for link in links],
        [link.event_id for link in links],
        [person.person_id for person in persons],
        [person.wrapped_key for person in persons],
        revision,
        [row.movement_id for row in rows],
        [row.stated_as for row in rows],
        sparse(link.scope for link in links),
        sparse(link.basis for link in links),
        _named_differently(rows),
        [row.stay_id for row in rows],
    )
    return Stored(
        found["revision"],
        frozenset(found["event_ids"]),
        found["linked"],
        {movement_id: (former, decided_at) for movement_id, former, decided_at in found["taken"]},
        [StayMove(*move) for move in found["moves"]],
        [DeletedStay(*each) for each in found["deleted"]],
    )


def _named_differently(rows: Sequence[Row]) -> list[UUID]:
    """Movements of which these name several persons."""
    first: dict[UUID, UUID] = {}
    return [
        one.movement_id for one in rows if first.setdefault(one.movement_id, one.stated_as) != one.stated_as
    ]


async def receipts_of(connection: Executor, keys: Sequence[SubmissionKey]) -> dict[SubmissionKey, Receipt]:
    """The receipts of those submissions that are stored."""
    rows = await connection.fetch(_BY_KEYS, [source for source, _ in keys], [event for _, event in keys])
    return {(row["source_id"], row["source_event_id"]): _receipt(row) for row in rows}


async def receipt_of(connection: Executor, receipt_id: UUID) -> tuple[Receipt, str] | None:
    """A receipt and the establishment that may see it."""
    row = await connection.fetchrow(_BY_ID, receipt_id)
    return None if row is None else (_receipt(row), row["establishment"])


async def stored_submission_of(connection: Executor, receipt_id: UUID) -> StoredSubmission:
    """The submission of an existing receipt, as it was stated and as it was published."""
    return StoredSubmission(**dict(await connection.fetchrow(_STORED_SUBMISSION, receipt_id)))


def _person(row: Any) -> Person:
    is_merged = row["stated_as"] != row["person_id"]
    return Person(row["person_id"], row["wrapped_key"], row["stated_as"] if is_merged else None)


def _receipt(row: Any) -> Receipt:
    # Pointers stand behind the marks, and are told apart by how they begin.
    marks = [each for each in row["marks"] if not each.startswith("/")]
    return Receipt(
        receipt_id=row["receipt_id"],
        event_id=row["event_id"],
        person_id=row["subject"],
        source_event_id=row["source_event_id"],
        accepted_at=row["recorded_at"],
        content_sha256=row["content_sha256"].hex(),
        marks=tuple(marks),
        ignored=tuple(row["marks"][len(marks) :]),
    )
