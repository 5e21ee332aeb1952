"""Records facts, and brings the obligations about their persons in line with what is known then.

What it plans is picked up by `claim_due` (`handlers/delivery/claim_due.py`) once the column
`next_action_at` has come.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.notifications.domain.circle.merges import MergeStatement
from services.notifications.domain.obligations.derivation import DerivedObligation, derive_obligations
from services.notifications.domain.obligations.obligation import End, Obligation
from services.notifications.domain.obligations.planning import (
    Bar,
    end_by_verdict,
    plan_obligation,
    reevaluate,
)
from services.notifications.domain.obligations.timing import Circumstances
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import publish_outcomes
from services.notifications.storage.circle import members, merges
from services.notifications.storage.circle.members import Membership
from services.notifications.storage.obligations import facts, rows
from services.notifications.storage.obligations.rows import FinalOutcome, NewObligation
from shared.database.pool import Connection
from shared.database.transaction import after_commit
from shared.events.admission import MERGE_EVENTS, PersonsMerged
from shared.events.envelope import RecordedEvent
from shared.spine.records.received import ReceivedEvent


async def record_facts(
    dependencies: Dependencies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Record events and plan their obligations, in the transaction that also moves the checkpoint."""
    if events:
        await facts.add(connection, events)
        if statements := merge_statements(events):
            await merges.add(connection, statements)
        await plan(dependencies, connection, {event.subject for event in events})


def merge_statements(events: Sequence[RecordedEvent]) -> list[MergeStatement]:
    """What these events say of who is one."""
    return [stated for event in events if (stated := _merge_statement(event)) is not None]


def _merge_statement(event: RecordedEvent) -> MergeStatement | None:
    merge = event.data
    if not isinstance(merge, MERGE_EVENTS):
        return None
    return MergeStatement(
        merge_id=merge.merge_id,
        revision=merge.revision,
        surviving=merge.surviving,
        merged=merge.merged,
        is_merged=isinstance(merge, PersonsMerged),
        recorded_at=event.recorded_at,
    )


async def plan(dependencies: Dependencies, connection: Connection, person_ids: Collection[UUID]) -> set[UUID]:
    """Plan what is owed now about these persons, whom the caller has locked, and re-evaluate what is open.

    Returns the obligations that follow from the facts, whatever became of them.

    Locks are taken in one order everywhere: persons, then obligations, then the ledger's subjects.
    """
    circles = await members.of_persons(connection, person_ids)
    if not circles:
        return set()
    after_commit(dependencies.wake_signals.wake)
    circumstances = dependencies.circumstances()
    open_ = {each.obligation_id: each for each in await rows.lock_open(connection, list(circles))}
    existing_ids = await rows.existing_ids(connection, list(circles))
    stated = await facts.of_persons(connection, list(circles))
    derived = [
        each
        for person_id, circle in circles.items()
        for each in derive_obligations(stated[person_id], [member.recipient for member in circle])
    ]
    new = _planned(
        [each for each in derived if each.obligation_id not in existing_ids], circles, circumstances
    )
    await rows.add(connection, new, now=circumstances.now)
    ended = await _reevaluate(connection, derived, open_, circumstances)
    immediately_ended = [_outcome_of(each.obligation, each.end) for each in new if each.end is not None]
    await publish_outcomes(connection, [*ended, *immediately_ended], now=circumstances.now)
    return {each.obligation_id for each in derived}


def _planned(
    derived: Sequence[DerivedObligation],
    circles: Mapping[UUID, Sequence[Membership]],
    circumstances: Circumstances,
) -> list[NewObligation]:
    usable = {member.recipient.member_id: member.usable for circle in circles.values() for member in circle}
    return [
        NewObligation(
            obligation=plan_obligation(
                each, usable=usable[each.recipient.member_id], circumstances=circumstances
            ),
            end=end_by_verdict(each.verdict),
        )
        for each in derived
    ]


async def _reevaluate(
    connection: Connection,
    derived: Sequence[DerivedObligation],
    open_: Mapping[UUID, Obligation],
    circumstances: Circumstances,
) -> list[FinalOutcome]:
    """End or bar the open obligations that the facts no longer support."""
    outcomes: list[FinalOutcome] = []
    bars: list[Bar] = []
    for each in derived:
        obligation = open_.get(each.obligation_id)
        change = reevaluate(obligation, each) if obligation is not None else None
        if isinstance(change, Bar):
            bars.append(change)
        elif obligation is not None and change is not None:
            outcomes.append(_outcome_of(obligation, change))
    await rows.bar(connection, bars)
    if outcomes:
        await rows.mark_ended(connection, outcomes, now=circumstances.now)
    return outcomes


def _outcome_of(obligation: Obligation, end: End) -> FinalOutcome:
    return FinalOutcome(
        obligation=obligation, outcome=end.outcome, reason=end.reason, superseded_by=end.superseded_by
    )
