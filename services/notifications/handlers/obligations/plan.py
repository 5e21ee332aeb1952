"""Records facts, and brings the obligations about their persons in line with what is known then."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.notifications.domain.obligations.derivation import Expected, expected_obligations
from services.notifications.domain.obligations.obligation import Obligation, Settle
from services.notifications.domain.obligations.planning import Bar, planned, reevaluated, settled_by
from services.notifications.domain.obligations.timing import Circumstances
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations import settle
from services.notifications.storage.circle import members
from services.notifications.storage.circle.members import Membership
from services.notifications.storage.obligations import facts, rows
from services.notifications.storage.obligations.rows import Planned, Settlement
from shared.database.pool import Connection
from shared.database.transaction import after_commit
from shared.spine.records.received import ReceivedEvent


async def record_facts(
    dependencies: Dependencies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Record events and plan their obligations, in the transaction that also moves the checkpoint."""
    if events:
        await facts.add(connection, events)
        await plan(dependencies, connection, {event.subject for event in events})


async def plan(dependencies: Dependencies, connection: Connection, person_ids: Collection[UUID]) -> None:
    """Plan what is owed now about these persons, whom the caller has locked, and re-evaluate what is open.

    Locks are taken in one order everywhere: persons, then obligations, then the ledger's subjects.
    """
    circles = await members.of_persons(connection, person_ids)
    if not circles:
        return
    after_commit(dependencies.lanes.wake)
    circumstances = dependencies.circumstances()
    open_ = {each.obligation_id: each for each in await rows.lock_open(connection, list(circles))}
    known = await rows.known(connection, list(circles))
    stated = await facts.of_persons(connection, list(circles))
    expected = [
        each
        for person_id, circle in circles.items()
        for each in expected_obligations(stated[person_id], [member.recipient for member in circle])
    ]
    new = _planned([each for each in expected if each.obligation_id not in known], circles, circumstances)
    await rows.add(connection, new, now=circumstances.now)
    settled = await _reevaluate(connection, expected, open_, circumstances)
    settled_at_once = [_settlement(each.obligation, each.end) for each in new if each.end is not None]
    await settle.publish(connection, [*settled, *settled_at_once], now=circumstances.now)


def _planned(
    expected: Sequence[Expected],
    circles: Mapping[UUID, Sequence[Membership]],
    circumstances: Circumstances,
) -> list[Planned]:
    usable = {member.recipient.member_id: member.usable for circle in circles.values() for member in circle}
    return [
        Planned(
            obligation=planned(each, usable=usable[each.recipient.member_id], circumstances=circumstances),
            end=settled_by(each.verdict),
        )
        for each in expected
    ]


async def _reevaluate(
    connection: Connection,
    expected: Sequence[Expected],
    open_: Mapping[UUID, Obligation],
    circumstances: Circumstances,
) -> list[Settlement]:
    """Settle or bar the open obligations that the facts no longer support."""
    settlements: list[Settlement] = []
    bars: list[Bar] = []
    for each in expected:
        obligation = open_.get(each.obligation_id)
        change = reevaluated(obligation, each) if obligation is not None else None
        if isinstance(change, Bar):
            bars.append(change)
        elif obligation is not None and change is not None:
            settlements.append(_settlement(obligation, change))
    await rows.bar(connection, bars)
    if settlements:
        await rows.settle(connection, settlements, now=circumstances.now)
    return settlements


def _settlement(obligation: Obligation, end: Settle) -> Settlement:
    return Settlement(
        obligation=obligation, outcome=end.outcome, reason=end.reason, superseded_by=end.superseded_by
    )
