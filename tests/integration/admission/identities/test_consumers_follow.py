"""What admission publishes while movements change hands is read the same way by every service."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from services.indicators.domain.facts import FactOfMovement, movement_fact, reassignment_fact
from services.indicators.domain.stays import stays
from services.notifications.domain.audit.owed import owed_obligations
from services.notifications.domain.obligations.derivation import derive_obligations
from services.pathway.storage import pathways
from shared.database.pool import open_pool
from shared.events.admission import MovementReassigned, is_movement
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION, PAYLOADS
from tests.integration.admission.conftest import Open
from tests.integration.admission.identities.holdings import movements_held
from tests.integration.admission.identities.test_any_history import World, moments
from tests.integration.admission.running import Admission, settings_for
from tests.integration.pathway.delivery import Delivery
from tests.unit.notifications.audit.audited import audited
from tests.unit.notifications.circles import EVERYBODY

pytestmark = pytest.mark.services


async def published(admission: Admission) -> list[RecordedEvent]:
    """Everything about persons, in the order in which it goes to the broker."""
    rows = await admission.rows("SELECT * FROM ledger WHERE type NOT LIKE '%access%' ORDER BY id")
    return [
        RecordedEvent(
            event_id=row["event_id"],
            publisher=ADMISSION,
            subject=row["subject"],
            sequence=row["sequence"],
            occurred_at=row["occurred_at"],
            recorded_at=row["recorded_at"],
            data=msgspec.json.decode(row["data"], type=PAYLOADS[row["type"]]),
        )
        for row in rows
    ]


async def after_a_while(
    open_admission: Open, database_url: str
) -> tuple[list[RecordedEvent], dict[str, str]]:
    """What was published in a turbulent time, and who has each movement at the end."""
    chance = random.Random(7)  # noqa: S311
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(open_admission(settings_for(database_url)))
        world, at = World([api], [await api.source()], chance), moments(chance)
        world.person_ids = [await world.state(f"first-{number}", number, next(at)) for number in range(4)]
        for _ in range(60):
            match chance.choice(("state", "state", "merge", "move")):
                case "state":
                    await world.state(f"m-{chance.randrange(6)}", chance.randrange(4), next(at))
                case "merge":
                    await world.merge_or_separate()
                case _:
                    await world.move(f"m-{chance.randrange(6)}")
        held = await movements_held(api)
        return await published(api), {movement_id: each.person_id for movement_id, each in held.items()}


async def test_every_service_has_each_movement_of_the_person_who_has_it(
    open_admission: Open, create_database: Callable[..., str]
) -> None:
    admission_url, pathway_url = [
        await asyncio.to_thread(create_database, service) for service in ("admission", "pathway")
    ]
    events, holders = await after_a_while(open_admission, admission_url)
    persons = {event.subject for event in events}

    async with open_pool(pathway_url, application_name="test") as pool:
        pathway = Delivery(pool, now=events[-1].recorded_at + timedelta(minutes=1))
        for start in range(0, len(events), 9):
            await pathway.deliver(events[start : start + 9])
        shown = {person_id: await pathways.read(pool, person_id) for person_id in persons}
    assert {
        str(movement.movement_id): str(person_id)
        for person_id, known in shown.items()
        if known is not None
        for movement in known.movements
    } == holders

    counted = {(stay.person_id, stay.stay_id) for stay in stays(facts_of_movements(events))}
    assert counted == {
        (person_id, stay.stay_id)
        for person_id, known in shown.items()
        if known is not None
        for stay in known.stays
    }
    for person_id in persons:
        assert_audit_agrees([event for event in events if event.subject == person_id])


def facts_of_movements(events: list[RecordedEvent]) -> list[FactOfMovement]:
    found: list[FactOfMovement] = []
    for event in events:
        if is_movement(event.data):
            found.append(movement_fact(event, event.data))
        elif isinstance(event.data, MovementReassigned):
            found.append(reassignment_fact(event, event.data))
    return found


def assert_audit_agrees(events: list[RecordedEvent]) -> None:
    planned: set[tuple[UUID, UUID, str]] = {each.key for each in derive_obligations(events, EVERYBODY)}
    owed = owed_obligations(events, audited(EVERYBODY))
    assert {(each.event_id, each.recipient_id, each.kind) for each in owed} == planned
