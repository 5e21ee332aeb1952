"""Times and the night are those of the clock that the reader looks at."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from services.notifications.domain.circle.members import Carer
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.engine import Engine, carer

pytestmark = pytest.mark.services

NOUMEA, REUNION = "Pacific/Noumea", "Indian/Reunion"


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


def reading(zone: str | None) -> Carer:
    member = carer("sms")
    return replace(member, preferences=replace(member.preferences, zone=zone))


def in_zone(event: RecordedEvent, zone: str) -> RecordedEvent:
    return replace(event, data=replace(event.data, time_zone=zone))


@pytest.mark.parametrize(
    ("declared", "of_establishment", "shown"),
    [(None, None, "09h00"), (REUNION, None, "12h00"), (None, REUNION, "12h00"), (REUNION, NOUMEA, "12h00")],
)
async def test_times_are_those_of_the_reader_or_of_the_establishment(
    engine: Engine, rose: PersonHistory, declared: str | None, of_establishment: str | None, shown: str
) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(in_zone(admission, of_establishment) if of_establishment else admission)
    await engine.enrol(rose.person_id, reading(declared))
    await engine.turn()
    (message,) = engine.sms.messages
    assert f"02/03 à {shown}" in message.text


async def test_the_night_is_that_of_the_reader(engine: Engine, rose: PersonHistory) -> None:
    """13:00 in Paris is 23:00 in Nouméa, whose morning comes at 21:30 in Paris."""
    engine.now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    await engine.state(rose.admit("stay", at=minutes(235)))
    await engine.enrol(rose.person_id, reading(NOUMEA))
    await engine.turn()
    assert engine.sms.messages == []
    engine.now = datetime(2026, 3, 2, 20, 31, tzinfo=UTC)
    await engine.turn()
    assert len(engine.sms.messages) == 1
