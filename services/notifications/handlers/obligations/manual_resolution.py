"""Ends an obligation by hand: a person told the recipient, or the recipient said that they know.

An obligation that expired stays expired: the task that it opened is closed. One that ended otherwise had
its one outcome already.
"""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.notifications.domain.obligations.obligation import Status, may_become
from services.notifications.handlers.circle.access import rights_over
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import end_and_publish
from services.notifications.handlers.obligations.list_obligations import ObligationView, shown_to, view_of
from services.notifications.storage.circle import members
from services.notifications.storage.obligations import listing, manual_resolution
from services.notifications.storage.obligations.rows import FinalOutcome
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.runtime.errors import RelaisError
from shared.security.principal import Principal

Ending = Literal["acknowledged", "handled_by_human"]

_REASONS: Final = {"acknowledged": "reader_said_so", "handled_by_human": "told_by_a_person"}


class EndedOtherwise(RelaisError):  # noqa: N818
    """The obligation had another outcome before."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class ManualResolution(msgspec.Struct, frozen=True, kw_only=True):
    """A person's statement that the recipient knows: since when, and who said so."""

    ending: Ending
    by: str
    at: datetime


async def resolve_manually(
    dependencies: Dependencies,
    *,
    principal: Principal,
    person_id: UUID,
    obligation_id: UUID,
    resolution: ManualResolution,
) -> ObligationView | None:
    """End the obligation and give it as it is then; `None` when it, or the person, is none of the caller's.

    Raises:
        EndedOtherwise: it had its outcome; the same statement again is no error.
    """
    async with transaction(dependencies.pool) as connection:
        known = await rights_over(
            dependencies,
            connection,
            "resolve_obligation",
            principal=principal,
            person_id=person_id,
            locked=True,
        )
        if known is None:
            return None
        person, shown = known[0], shown_to(principal, person_id, known[1])
        found = await listing.lock(connection, shown, obligation_id)
        if found is None:
            return None
        if found.obligation.human_at is None:
            _refuse_other_ends(found.obligation.status, resolution.ending)
            key = person.wrapped_key
            by = None if key is None else _encrypted(dependencies, key, obligation_id, resolution.by)
            await manual_resolution.record_resolution(
                connection,
                obligation_id,
                at=resolution.at,
                by=by,
                source=principal.source_id,
                now=dependencies.clock(),
            )
            await _end(connection, found, resolution, now=dependencies.clock())
        ended = await listing.lock(connection, shown, obligation_id)
    return None if ended is None else view_of(ended)


def _refuse_other_ends(status: Status, ending: Ending) -> None:
    if status not in ("expired", ending) and not may_become(status, ending):
        raise EndedOtherwise(status)


async def _end(
    connection: Connection, found: listing.Listed, resolution: ManualResolution, *, now: datetime
) -> None:
    end = FinalOutcome(
        obligation=found.obligation, outcome=resolution.ending, reason=_REASONS[resolution.ending]
    )
    await end_and_publish(connection, [end], now=now)


def _encrypted(dependencies: Dependencies, key: bytes, obligation_id: UUID, by: str) -> bytes:
    return dependencies.vault.encrypt(key, by.encode(), context=members.resolver_context(obligation_id))
