"""Planning event by event, in any order, gives the obligations of the whole set."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.domain.obligations.derivation import derive_obligations
from shared.testing.histories import person_histories, redeliveries
from tests.unit.notifications.circles import EVERYBODY
from tests.unit.notifications.simulated_engine import SimulatedEngine


@settings(max_examples=40)
@given(data=st.data())
def test_planning_event_by_event_leads_to_the_same_set(data: st.DataObject) -> None:
    history = data.draw(person_histories())
    expected = {each.obligation_id for each in derive_obligations(history, EVERYBODY)}
    engine = SimulatedEngine(circle=EVERYBODY, now=max(event.recorded_at for event in history))
    for event in data.draw(redeliveries(history)):
        engine.learn([event])
    assert set(engine.obligations) == expected
