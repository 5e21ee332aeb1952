"""Reads what the audit compares, and keeps the last audit of each person and each difference."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.audit.comparison import Audit, RecordedObligation
from services.notifications.domain.audit.member import AuditedMember
from services.notifications.domain.audit.owed import ObligationKey
from services.notifications.domain.audit.rights import MAY_HAVE_LEFT
from shared.database.pool import Connection, Executor

# SKIP LOCKED: a person who is being changed is audited later, so that an audit waits for nobody.
_LOCK: Final = """
SELECT person_id FROM persons WHERE person_id = ANY ($1) ORDER BY person_id FOR UPDATE SKIP LOCKED
"""
_THERE: Final = "SELECT person_id FROM persons WHERE person_id = ANY ($1)"
_APPLIED: Final = """
SELECT subject, publisher, event_id, sequence, applied_at FROM inbox
WHERE publisher = ANY ($1) AND subject = ANY ($2)
"""
_CIRCLES: Final = """
SELECT person_id, member_id, role, establishment, basis, consent IS NOT NULL AS consented, joined_at,
    revoked_at
FROM members WHERE person_id = ANY ($1)
UNION ALL
SELECT s.person_id, member_id, role, establishment, basis, consent IS NOT NULL,
    greatest(joined_at, since), least(revoked_at, until)
FROM shared_circles s JOIN members m ON m.person_id = s.circle_of
WHERE s.person_id = ANY ($1) AND greatest(joined_at, since) < least(revoked_at, until, 'infinity')
ORDER BY joined_at
"""
_FOUND: Final = """
SELECT o.person_id, o.event_id, o.recipient_id, o.kind, o.fact_recorded_at, o.stated_by, o.created_at,
    array(SELECT a.claimed_at FROM attempts a
        WHERE a.obligation_id = o.obligation_id AND a.status = ANY ($2)) AS sent_at
FROM obligations o WHERE o.person_id = ANY ($1)
"""
_FORGET: Final = "DELETE FROM audited_days WHERE person_id = ANY ($1)"
_REMEMBER: Final = """
INSERT INTO audited_days (person_id, day, establishment, derived, found, missing, unexpected)
SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[])
"""
_DIFFER: Final = """
INSERT INTO obligation_differences
    (event_id, recipient_id, kind, difference, reason, person_id, establishment, day, noticed_at)
SELECT d.*, $9 FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[],
    $8::date[]) AS d
ON CONFLICT (event_id, recipient_id, kind, difference) DO UPDATE
    SET reason = excluded.reason, settled_at = NULL, settled_as = NULL,
        noticed_at = CASE WHEN obligation_differences.settled_at IS NULL
            THEN obligation_differences.noticed_at ELSE excluded.noticed_at END
"""
# What was noticed before and is not found any more is over.
_AGREE: Final = """
UPDATE obligation_differences d SET settled_at = $6,
    settled_as = CASE WHEN d.difference = 'missing' AND d.person_id = ANY ($7) THEN 'repaired' ELSE 'gone' END
WHERE d.person_id = ANY ($1) AND d.settled_at IS NULL AND NOT EXISTS (
    SELECT FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[])
        AS still (event_id, recipient_id, kind, difference)
    WHERE (still.event_id, still.recipient_id, still.kind, still.difference)
        = (d.event_id, d.recipient_id, d.kind, d.difference)
)
"""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """An event that this service applied."""

    event_id: UUID
    publisher: str
    sequence: int
    at: datetime


async def lock(connection: Connection, person_ids: Collection[UUID]) -> set[UUID]:
    """Lock those of these persons whom no other transaction holds, and give their ids."""
    return {row["person_id"] for row in await connection.fetch(_LOCK, list(person_ids))}


async def not_erased(connection: Executor, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of these persons who were not erased."""
    return {row["person_id"] for row in await connection.fetch(_THERE, list(person_ids))}


async def applied(
    connection: Executor, publishers: Collection[str], person_ids: Collection[UUID]
) -> Mapping[UUID, list[Applied]]:
    found: dict[UUID, list[Applied]] = {person_id: [] for person_id in person_ids}
    for row in await connection.fetch(_APPLIED, list(publishers), list(person_ids)):
        found[row["subject"]].append(
            Applied(
                event_id=row["event_id"],
                publisher=row["publisher"],
                sequence=row["sequence"],
                at=row["applied_at"],
            )
        )
    return found


async def circles(connection: Executor, person_ids: Collection[UUID]) -> Mapping[UUID, list[AuditedMember]]:
    """Every membership that there ever was."""
    found: dict[UUID, list[AuditedMember]] = {person_id: [] for person_id in person_ids}
    for row in await connection.fetch(_CIRCLES, list(person_ids)):
        fields = {name: value for name, value in row.items() if name != "person_id"}
        found[row["person_id"]].append(AuditedMember(**fields))
    return found


async def obligations(
    connection: Executor, person_ids: Collection[UUID]
) -> Mapping[UUID, list[RecordedObligation]]:
    found: dict[UUID, list[RecordedObligation]] = {person_id: [] for person_id in person_ids}
    for row in await connection.fetch(_FOUND, list(person_ids), list(MAY_HAVE_LEFT)):
        found[row["person_id"]].append(_found(row))
    return found


def _found(row: Any) -> RecordedObligation:
    return RecordedObligation(
        key=ObligationKey(event_id=row["event_id"], recipient_id=row["recipient_id"], kind=row["kind"]),
        recorded_at=row["fact_recorded_at"],
        establishment=row["stated_by"],
        created_at=row["created_at"],
        sent_at=tuple(row["sent_at"]),
    )


async def replace_audits(connection: Connection, audits: Mapping[UUID, Audit]) -> None:
    """Replace what the previous audit of these persons found."""
    rows = [(person_id, *each) for person_id, audit in audits.items() for each in audit.sums.items()]
    await connection.execute(_FORGET, list(audits))
    await connection.execute(
        _REMEMBER,
        [person_id for person_id, _, _ in rows],
        [day for _, (day, _), _ in rows],
        [establishment for _, (_, establishment), _ in rows],
        *(
            [getattr(sums, name) for *_, sums in rows]
            for name in ("derived", "found", "missing", "unexpected")
        ),
    )


async def add_differences(connection: Connection, audits: Mapping[UUID, Audit], *, now: datetime) -> None:
    """Keep every difference that these audits found."""
    noted = [(person_id, finding) for person_id, audit in audits.items() for finding in audit.findings]
    await connection.execute(
        _DIFFER,
        *_identities(audits),
        [finding.reason for _, finding in noted],
        [person_id for person_id, _ in noted],
        [finding.day_key[1] for _, finding in noted],
        [finding.day_key[0] for _, finding in noted],
        now,
    )


async def close_resolved_differences(
    connection: Connection, audits: Mapping[UUID, Audit], *, repaired: Collection[UUID], now: datetime
) -> None:
    """Close the differences that these audits no longer find; `repaired`: persons whose gaps were closed."""
    await connection.execute(_AGREE, list(audits), *_identities(audits), now, list(repaired))


def _identities(audits: Mapping[UUID, Audit]) -> Sequence[list[Any]]:
    findings = [finding for audit in audits.values() for finding in audit.findings]
    return (
        [finding.key.event_id for finding in findings],
        [finding.key.recipient_id for finding in findings],
        [finding.key.kind for finding in findings],
        [finding.difference for finding in findings],
    )
