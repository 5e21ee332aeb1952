"""Compares the derivation with the table for one person, in sums per day and one by one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from services.notifications.domain.audit.due import ObligationKey, due_obligations
from services.notifications.domain.audit.facts import establishment_of
from services.notifications.domain.audit.rights import AuditedPerson, Told, told_without_right

Difference = Literal["missing", "unexpected", "told_without_right"]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation as the table has it."""

    due: ObligationKey
    recorded_at: datetime
    """Of the event that it is about."""
    establishment: str
    created_at: datetime
    left_at: tuple[datetime, ...]
    """When messages were sent that may have reached someone."""


class EstablishmentDay(msgspec.Struct, frozen=True, kw_only=True):
    """The day and the establishment under which an obligation is counted."""

    day: date
    establishment: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation on which the derivation and the table differ."""

    due: ObligationKey
    difference: Difference
    reason: str
    account: EstablishmentDay


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one person, of one day of an establishment."""

    derived: int = 0
    found: int = 0
    missing: int = 0
    unexpected: int = 0


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The result of the audit of one person."""

    sums: Mapping[EstablishmentDay, Sums]
    findings: Sequence[Finding]


NOTHING: Final = Audit(sums={}, findings=())


def audit(known: AuditedPerson, table: Sequence[Found]) -> Audit:
    """Compare what the events make due with what is there."""
    events = {event.event_id: event for event in known.events}
    accounts = {found.due: _account(found.recorded_at, found.establishment) for found in table}
    derived = due_obligations(known.events, known.circle) | _due_before_leaving(known, table)
    for due in derived:
        event = events[due.event_id]
        accounts.setdefault(due, _account(event.recorded_at, establishment_of(event.data) or ""))
    return _audit(derived, table, known=known, accounts=accounts)


def _due_before_leaving(known: AuditedPerson, table: Sequence[Found]) -> set[ObligationKey]:
    """Planned before a member left, for an event that the publisher's clock puts after that; still right."""
    left = {member.member_id: member.revoked_at for member in known.circle if member.revoked_at is not None}
    if not left:
        return set()
    staying = due_obligations(known.events, [replace(member, revoked_at=None) for member in known.circle])
    return {
        found.due
        for found in table
        if found.due in staying
        and (left_at := left.get(found.due.recipient_id)) is not None
        and found.created_at <= left_at
    }


def _audit(
    derived: frozenset[ObligationKey],
    table: Sequence[Found],
    *,
    known: AuditedPerson,
    accounts: dict[ObligationKey, EstablishmentDay],
) -> Audit:
    there = {found.due for found in table}
    told = [Told(due=found.due, left_at=at) for found in table for at in found.left_at]
    wrong = told_without_right(told, entitled=derived.__contains__, known=known)
    return Audit(
        sums=_sums(derived, there, accounts),
        findings=[
            *_findings(((due, "due and not planned") for due in derived - there), "missing", accounts),
            *_findings(((due, "planned and not due") for due in there - derived), "unexpected", accounts),
            *_findings(wrong, "told_without_right", accounts),
        ],
    )


def _findings(
    found: Iterable[tuple[ObligationKey, str]],
    difference: Difference,
    accounts: dict[ObligationKey, EstablishmentDay],
) -> list[Finding]:
    return [
        Finding(due=due, difference=difference, reason=reason, account=accounts[due])
        for due, reason in sorted(found)
    ]


def _sums(
    derived: frozenset[ObligationKey],
    there: set[ObligationKey],
    accounts: dict[ObligationKey, EstablishmentDay],
) -> dict[EstablishmentDay, Sums]:
    counts = {
        name: Counter(accounts[due] for due in dues)
        for name, dues in (
            ("derived", derived),
            ("found", there),
            ("missing", derived - there),
            ("unexpected", there - derived),
        )
    }
    return {
        account: Sums(**{name: count[account] for name, count in counts.items()})
        for account in set(accounts.values())
    }


def _account(recorded_at: datetime, establishment: str) -> EstablishmentDay:
    return EstablishmentDay(day=recorded_at.astimezone(UTC).date(), establishment=establishment)
