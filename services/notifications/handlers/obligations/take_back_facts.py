"""Takes back facts that their publisher never recorded, and what is owed because of them."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from services.notifications.domain.obligations.inventions import cancelled_inventions
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import end_and_publish
from services.notifications.handlers.obligations.plan import merge_statements, plan
from services.notifications.storage.circle import merges
from services.notifications.storage.obligations import facts, rows
from services.notifications.storage.obligations.rows import FinalOutcome
from shared.database.pool import Connection
from shared.events.admission import is_movement
from shared.spine.records.received import ReceivedEvent


async def take_back_facts(
    dependencies: Dependencies,
    connection: Connection,
    event_ids: Sequence[UUID],
    recorded: Sequence[ReceivedEvent],
) -> None:
    """Plan again without them: nothing more of them is sent, and who was told of a movement that is none is
    told that it was an error."""
    foreign = await facts.remove(connection, event_ids)
    if not foreign:
        return
    real = {event.data.movement_id for event in recorded if is_movement(event.data)}
    if cancelled := cancelled_inventions(foreign, real=real):
        await facts.add(connection, cancelled)
    if statements := merge_statements(foreign):
        await merges.remove(connection, statements)
        concerned = {person_id for each in statements for person_id in (each.surviving, each.merged)}
        stated = (await facts.of_persons(connection, concerned)).values()
        # Of two under one number the first was kept: it may be the real one, or have kept it out.
        await merges.add(connection, merge_statements(list(chain.from_iterable(stated))))
    person_ids = sorted({event.subject for event in foreign})
    await facts.limit_access(connection, person_ids)
    owed = await plan(dependencies, connection, person_ids)
    ended = [
        FinalOutcome(obligation=each, outcome="suppressed", reason="never_stated")
        for each in await rows.lock_open(connection, person_ids)
        if each.obligation_id not in owed
    ]
    await end_and_publish(connection, ended, now=dependencies.clock())
