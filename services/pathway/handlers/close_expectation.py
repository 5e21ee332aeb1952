"""Closes an expectation by a person's word, and publishes that nobody needs to wait any more."""

from uuid import UUID

from msgspec.structs import replace

from services.pathway.domain.pathway import Closure, State
from services.pathway.domain.publication import change_of
from services.pathway.domain.showing import relations_to_expectation
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.publish_changes import publish_changes
from services.pathway.storage import expectations, pathways
from shared.database.pool import Connection
from shared.runtime.errors import RelaisError
from shared.security.audit.access import note
from shared.security.policy.decide import decide
from shared.security.principal import Principal


class EndedAlready(RelaisError):  # noqa: N818
    """The expectation ended before, by what is known of the person."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


async def close_expectation(
    dependencies: Dependencies,
    connection: Connection,
    person_id: UUID,
    expectation_id: UUID,
    *,
    principal: Principal,
    author: str,
    reason: str,
) -> Closure | None:
    """The closure; the first one, when somebody closed it before. `None` when it is none of the caller's.

    Both ends of the way may close it, and operators. It is kept with what was published, which no rebuild
    makes anew; the name and the reason never travel on the bus.

    Raises:
        EndedAlready: it was met, withdrawn or ended elsewhere.
    """
    # The same statements, whether or not there is such a person: a stranger cannot tell.
    await pathways.lock(connection, person_id)
    published = await expectations.published_of(connection, [person_id])
    before = published.get((person_id, expectation_id))
    now = dependencies.clock()
    relations = relations_to_expectation(before.expectation) if before else ()
    decision = decide(principal, "close_expectation", relations, at=now)
    note(why=decision.reason or decision.refusal)
    if before is None or not decision.allowed:
        return None
    if before.closure is not None:
        return before.closure
    if before.state not in ("open", "overdue"):
        raise EndedAlready(before.state)
    closure = Closure(closed_at=now, author=principal.signature(author), reason=reason)
    change = change_of(
        replace(before, closure=closure),
        before.expectation,
        person_id=person_id,
        now=now,
        trace=before.trace,
        overdue=False,
    )
    await publish_changes(connection, [change], now=now)
    return closure
