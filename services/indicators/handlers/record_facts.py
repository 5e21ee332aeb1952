"""Records the facts about movements, expected arrivals and obligations."""

from collections.abc import Sequence

from services.indicators.domain import facts
from services.indicators.handlers.dependencies import Dependencies
from services.indicators.storage.facts import store
from shared.database.pool import Connection
from shared.events.admission import MovementReassigned, is_movement
from shared.events.notifications import ObligationSettled
from shared.events.pathway import EXPECTATION_EVENTS
from shared.spine.records.received import ReceivedEvent


async def record_movements(
    _dependencies: Dependencies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Store the facts that events of admission state about movements, and about whose they are."""
    stated = [(event, event.data) for event in events if is_movement(event.data)]
    away = [(event, event.data) for event in events if isinstance(event.data, MovementReassigned)]
    await store(connection, [facts.movement_fact(event, data) for event, data in stated])
    await store(connection, [facts.reassignment_fact(event, data) for event, data in away])


async def record_expectations(
    _dependencies: Dependencies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Store the facts that events of pathway state about expected arrivals."""
    stated = [(event, event.data) for event in events if isinstance(event.data, EXPECTATION_EVENTS)]
    await store(connection, [facts.expectation_fact(event, data) for event, data in stated])


async def record_settled_obligations(
    _dependencies: Dependencies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Store the facts that events of notifications state about settled obligations."""
    stated = [(event, event.data) for event in events if isinstance(event.data, ObligationSettled)]
    await store(connection, [facts.obligation_fact(event, data) for event, data in stated])
