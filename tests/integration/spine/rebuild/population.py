"""Persons between two establishments, some of them overdue, of whom rebuilds in tests read."""

from datetime import datetime
from typing import Any

from shared.events.envelope import RecordedEvent
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes
from tests.integration.spine.rebuild.scene import Scene


def evening() -> datetime:
    """All that happens in these tests is over; whoever did not arrive is overdue."""
    return minutes(720)


def transferred(name: str, *, arrives: bool = True) -> list[RecordedEvent]:
    """Six hours of a person's life, over two establishments."""
    person = PersonHistory(name)
    person.admit("stay", at=minutes(0), establishment=HOSPITAL)
    person.discharge("stay", at=minutes(90), establishment=HOSPITAL, to=REHABILITATION, mode="transfer")
    if arrives:
        person.admit("next stay", at=minutes(150), establishment=REHABILITATION)
        person.transfer("next stay", at=minutes(200), establishment=REHABILITATION, unit="2101")
        person.discharge("next stay", at=minutes(360), establishment=REHABILITATION, mode="home")
    return person.events


def population(count: int = 8) -> list[RecordedEvent]:
    """Persons, half of them on their way."""
    histories = [transferred(f"person {number}", arrives=number % 2 == 0) for number in range(count)]
    return [event for history in histories for event in history]


async def published(scene: Scene) -> dict[str, Any]:
    """What others have heard of this service, or will."""
    return {table: await scene.rows(table) for table in ("ledger", "outbox", "expectations", "inbox")}
