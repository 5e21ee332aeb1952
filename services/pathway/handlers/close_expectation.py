"""Closes an expectation by a person's word, and publishes that nobody needs to wait any more."""

from uuid import UUID

from msgspec.structs import replace

from services.pathway.domain.further.publication import change_of_further
from services.pathway.domain.further.showing import relations_to_further
from services.pathway.domain.pathway import Closure, FurtherState, State
from services.pathway.domain.publication import change_of
from services.pathway.domain.showing import relations_to_expectation
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.publish_changes import publish_changes, publish_further
from services.pathway.storage import expectations, further_expectations, pathways
from shared.database.pool import Connection
from shared.runtime.errors import RelaisError
from shared.security.audit.access import note
from shared.security.policy.decide import decide
from shared.security.principal import Principal


class EndedAlready(RelaisError):  # noqa: N818
    """The expectation ended before, by what is known of the person."""

    def __init__(self, state: State | FurtherState) -> None:
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

    Of an arrival both ends of the way may close it, of anything else the establishment in whose stay it is
    expected, and operators. It is kept with what was published, which no rebuild
    makes anew; the name and the reason never travel on the bus.

    Raises:
        EndedAlready: it was met, withdrawn or ended elsewhere.
    """
    # The same statements, whether or not there is such a person: a stranger cannot tell.
    await pathways.lock(connection, person_id)
    key = (person_id, expectation_id)
    arrival = (await expectations.published_of(connection, [person_id])).get(key)
    further = (await further_expectations.published_of(connection, [person_id])).get(key)
    before = arrival or further
    now = dependencies.clock()
    relations = [
        *(relations_to_expectation(arrival.expectation) if arrival else ()),
        *(relations_to_further(further.expectation) if further else ()),
    ]
    decision = decide(principal, "close_expectation", relations, at=now)
    note(why=decision.reason or decision.refusal)
    if before is None or not decision.allowed:
        return None
    if before.closure is not None:
        return before.closure
    if before.state not in ("open", "overdue"):
        raise EndedAlready(before.state)
    closure = Closure(closed_at=now, author=principal.signature(author), reason=reason)
    if arrival is not None:
        change = change_of(
            replace(arrival, closure=closure),
            arrival.expectation,
            person_id=person_id,
            now=now,
            trace=arrival.trace,
            overdue=False,
        )
        await publish_changes(connection, [change], now=now)
    if further is not None:
        further_change = change_of_further(
            replace(further, closure=closure),
            further.expectation,
            person_id=person_id,
            now=now,
            trace=further.trace,
            overdue=False,
        )
        await publish_further(connection, [further_change], now=now)
    return closure
