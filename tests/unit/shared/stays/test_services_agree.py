"""Pathway and indicators read the same stays, the same presences and the same ends."""

from hypothesis import given

from services.indicators.domain.stays import stays as counted_stays
from services.pathway.domain.fold import fold
from services.pathway.domain.rules import RULES
from shared.events.envelope import RecordedEvent
from shared.testing.histories import person_histories
from tests.unit.indicators.stated_facts import movement_facts


@given(history=person_histories())
def test_who_is_there_is_there_for_both(history: list[RecordedEvent]) -> None:
    shown = {
        stay.stay_id: stay
        for stay in fold(history, RULES).stays
        if stay.status not in ("cancelled", "planned")
    }
    counted = {stay.stay_id: stay for stay in counted_stays(movement_facts(history))}
    assert shown.keys() == counted.keys()
    for stay_id, stay in shown.items():
        is_counted = any(presence.ended_at is None for presence in counted[stay_id].presences)
        assert is_counted == (stay.status in ("in_progress", "on_leave"))
        assert counted[stay_id].ended_at == stay.ended_at
        assert counted[stay_id].establishment == stay.establishment
