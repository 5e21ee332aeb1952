"""Restores obligations that are gone from the table but had ended, from our own ledger.

To plan it again would tell someone twice, and state its end a second time.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from services.notifications.domain.obligations.derivation import DerivedObligation, derive_obligations
from services.notifications.domain.obligations.obligation import End
from services.notifications.domain.obligations.planning import plan_obligation
from services.notifications.domain.obligations.timing import Circumstances
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import end_event_id
from services.notifications.storage.circle import members
from services.notifications.storage.obligations import facts, rows
from services.notifications.storage.obligations.rows import NewObligation
from shared.database.pool import Connection
from shared.events.notifications import ObligationSettled


async def restore_ended(
    dependencies: Dependencies, connection: Connection, person_ids: Sequence[UUID]
) -> None:
    """Write them back as they ended; the caller has locked the persons and added their facts."""
    circumstances = dependencies.circumstances()
    circles = await members.of_persons(connection, person_ids)
    stated = await facts.of_persons(connection, person_ids)
    existing_ids = await rows.existing_ids(connection, person_ids)
    missing = [
        each
        for person_id, circle in circles.items()
        for each in derive_obligations(stated[person_id], [member.recipient for member in circle])
        if each.obligation_id not in existing_ids
    ]
    ends = await rows.published_ends(connection, [end_event_id(each.obligation_id) for each in missing])
    found = [(each, ends[each.obligation_id]) for each in missing if each.obligation_id in ends]
    await rows.add(
        connection, [_ended(each, end, circumstances) for each, end in found], now=circumstances.now
    )
    await rows.restore(connection, [end for _, end in found])


def _ended(derived: DerivedObligation, end: ObligationSettled, circumstances: Circumstances) -> NewObligation:
    obligation = plan_obligation(derived, usable=(), circumstances=circumstances)
    return NewObligation(
        obligation=replace(obligation, status=end.outcome),
        end=End(outcome=end.outcome, reason=end.reason or "restored"),
    )
