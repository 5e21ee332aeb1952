"""Compares the obligations of some persons with what the publishers' ledgers make due.

What is missing is planned by the ordinary use case, counted and logged; whatever else differs is kept for a
person to explain.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from services.notifications.domain.audit.comparison import NOTHING, Audit, Difference, audit
from services.notifications.domain.audit.rights import AuditedPerson
from services.notifications.handlers.audit.ledgers import events_of_persons
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import record_facts
from services.notifications.handlers.obligations.restore import restore_ended
from services.notifications.storage.audit import audits
from services.notifications.storage.audit.audits import Applied
from services.notifications.storage.obligations import facts
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.spine.records.received import ReceivedEvent
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """The result of auditing some persons."""

    persons: int
    found: Mapping[Difference, int]
    repaired: int
    postponed: Collection[UUID]
    """Somebody was changing them at that moment."""


async def audit_persons(dependencies: Dependencies, person_ids: Sequence[UUID]) -> Audited:
    """Read the ledgers, then lock these persons and compare; raises when a ledger cannot be asked."""
    ledgers = dependencies.ledgers
    before = await audits.applied(dependencies.pool, ledgers.keys(), person_ids)
    stated = await events_of_persons(ledgers, before)
    async with transaction(dependencies.pool) as connection:
        locked = await audits.lock(connection, person_ids)
        not_erased = await audits.not_erased(connection, person_ids)
        applied = await audits.applied(connection, ledgers.keys(), locked)
        unchanged = [person_id for person_id in locked if _ids(applied[person_id]) == _ids(before[person_id])]
        erased: dict[UUID, Audit] = dict.fromkeys(set(person_ids) - not_erased, NOTHING)
        ours = {person_id: _ours(stated[person_id], applied[person_id]) for person_id in unchanged}
        first, last = await _audit_locked(dependencies, connection, ours, applied)
        await audits.replace_audits(connection, {**last, **erased})
    return _report(first, last, postponed=not_erased - set(unchanged))


async def _audit_locked(
    dependencies: Dependencies,
    connection: Connection,
    stated: Mapping[UUID, Sequence[ReceivedEvent]],
    applied: Mapping[UUID, Sequence[Applied]],
) -> tuple[Mapping[UUID, Audit], Mapping[UUID, Audit]]:
    """What differed, and what still differs after the gaps were closed."""
    now = dependencies.clock()
    first = last = await _compare(connection, stated, applied)
    await audits.add_differences(connection, first, now=now)
    gaps = {
        person_id: stated[person_id]
        for person_id, each in first.items()
        if any(finding.difference == "missing" for finding in each.findings)
    }
    if gaps:
        events = [event for events in gaps.values() for event in events]
        await facts.add(connection, events)
        await restore_ended(dependencies, connection, list(gaps))
        await record_facts(dependencies, connection, events)
        last = {**first, **await _compare(connection, gaps, applied)}
    await audits.close_resolved_differences(connection, last, repaired=gaps, now=now)
    return first, last


async def _compare(
    connection: Connection,
    stated: Mapping[UUID, Sequence[ReceivedEvent]],
    applied: Mapping[UUID, Sequence[Applied]],
) -> Mapping[UUID, Audit]:
    circles = await audits.circles(connection, list(stated))
    tables = await audits.obligations(connection, list(stated))
    return {
        person_id: audit(
            AuditedPerson(
                events=events,
                applied_at={each.event_id: each.at for each in applied[person_id]},
                circle=circles[person_id],
            ),
            tables[person_id],
        )
        for person_id, events in stated.items()
    }


def _report(
    first: Mapping[UUID, Audit], last: Mapping[UUID, Audit], *, postponed: Collection[UUID]
) -> Audited:
    """Count and log what was committed."""
    noticed = [finding for audited in first.values() for finding in audited.findings]
    left = {finding.key for audited in last.values() for finding in audited.findings}
    repaired = [each for each in noticed if each.difference == "missing" and each.key not in left]
    for finding in noticed:
        get_logger().warning(
            "obligation_differs",
            kind=finding.difference,
            reason=finding.reason,
            event_id=finding.key.event_id,
            state="repaired" if finding in repaired else "open",
        )
    metrics.obligations_audited_total.inc(len(first))
    metrics.obligation_gaps_repaired_total.inc(len(repaired))
    return Audited(
        persons=len(first),
        found=Counter(finding.difference for finding in noticed),
        repaired=len(repaired),
        postponed=postponed,
    )


def _ids(applied: Sequence[Applied]) -> set[UUID]:
    return {each.event_id for each in applied}


def _ours(stated: Sequence[ReceivedEvent], applied: Sequence[Applied]) -> list[ReceivedEvent]:
    """Only what was applied: an event on its way, or parked, obliges nobody yet."""
    known = _ids(applied)
    return [event for event in stated if event.event_id in known]
