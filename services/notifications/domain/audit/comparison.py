"""Compares the derivation with the table for one person, in sums per day and one by one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from services.notifications.domain.audit.facts import establishment_of
from services.notifications.domain.audit.owed import ObligationKey, owed_obligations
from services.notifications.domain.audit.rights import AuditedPerson, SentMessage, sent_without_right

Difference = Literal["missing", "unexpected", "told_without_right"]


class RecordedObligation(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation as the table has it."""

    key: ObligationKey
    recorded_at: datetime
    """Of the event that it is about."""
    establishment: str
    created_at: datetime
    sent_at: tuple[datetime, ...]
    """When messages were sent that may have reached someone."""


DayKey = tuple[date, str]
"""The day and the establishment under which an obligation is counted."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation on which the derivation and the table differ."""

    key: ObligationKey
    difference: Difference
    reason: str
    day_key: DayKey


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one person, of one day of an establishment."""

    derived: int = 0
    found: int = 0
    missing: int = 0
    unexpected: int = 0


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The result of the audit of one person."""

    sums: Mapping[DayKey, Sums]
    findings: Sequence[Finding]


NOTHING: Final = Audit(sums={}, findings=())


def audit(person: AuditedPerson, table: Sequence[RecordedObligation]) -> Audit:
    """Compare what the events make due with what is there."""
    events = {event.event_id: event for event in person.events}
    day_keys = {found.key: _day_key(found.recorded_at, found.establishment) for found in table}
    derived = owed_obligations(person.events, person.circle) | _due_before_leaving(person, table)
    for key in derived:
        event = events[key.event_id]
        day_keys.setdefault(key, _day_key(event.recorded_at, establishment_of(event.data) or ""))
    return _audit(derived, table, person=person, day_keys=day_keys)


def _due_before_leaving(person: AuditedPerson, table: Sequence[RecordedObligation]) -> set[ObligationKey]:
    """Obligations planned before a member left, for an event that its publisher dates later; still due."""
    revoked = {
        member.member_id: member.revoked_at for member in person.circle if member.revoked_at is not None
    }
    if not revoked:
        return set()
    staying = owed_obligations(person.events, [replace(member, revoked_at=None) for member in person.circle])
    return {
        found.key
        for found in table
        if found.key in staying
        and (revoked_at := revoked.get(found.key.recipient_id)) is not None
        and found.created_at <= revoked_at
    }


def _audit(
    derived: frozenset[ObligationKey],
    table: Sequence[RecordedObligation],
    *,
    person: AuditedPerson,
    day_keys: dict[ObligationKey, DayKey],
) -> Audit:
    there = {found.key for found in table}
    sent = [SentMessage(key=found.key, sent_at=at) for found in table for at in found.sent_at]
    wrong = sent_without_right(sent, entitled=derived.__contains__, person=person)
    return Audit(
        sums=_sums(derived, there, day_keys),
        findings=[
            *_findings(((key, "due and not planned") for key in derived - there), "missing", day_keys),
            *_findings(((key, "planned and not due") for key in there - derived), "unexpected", day_keys),
            *_findings(wrong, "told_without_right", day_keys),
        ],
    )


def _findings(
    found: Iterable[tuple[ObligationKey, str]],
    difference: Difference,
    day_keys: dict[ObligationKey, DayKey],
) -> list[Finding]:
    return [
        Finding(key=key, difference=difference, reason=reason, day_key=day_keys[key])
        for key, reason in sorted(found)
    ]


def _sums(
    derived: frozenset[ObligationKey],
    there: set[ObligationKey],
    day_keys: dict[ObligationKey, DayKey],
) -> dict[DayKey, Sums]:
    counts = {
        name: Counter(day_keys[key] for key in keys)
        for name, keys in (
            ("derived", derived),
            ("found", there),
            ("missing", derived - there),
            ("unexpected", there - derived),
        )
    }
    return {
        day_key: Sums(**{name: count[day_key] for name, count in counts.items()})
        for day_key in set(day_keys.values())
    }


def _day_key(recorded_at: datetime, establishment: str) -> DayKey:
    return recorded_at.astimezone(UTC).date(), establishment
