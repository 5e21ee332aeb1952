"""Do the code that plans and the code that audits find the same obligations? Each alone reads the rules."""

import ast
from datetime import datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from services.notifications import domain
from services.notifications.domain.audience import Recipient
from services.notifications.domain.audit_due import Due, due_obligations
from services.notifications.domain.derivation import expected_obligations
from shared.events.envelope import RecordedEvent
from shared.testing.histories import person_histories, redeliveries
from shared.testing.person_history import minutes
from tests.unit.notifications.audited import audited, strange_histories
from tests.unit.notifications.circle import circles
from tests.unit.notifications.stated import with_watched_arrivals

_UNTIL = st.integers(0, 9000).map(minutes)


def _planned(events: list[RecordedEvent], circle: list[Recipient]) -> frozenset[Due]:
    return frozenset(
        Due(event_id=each.event.event_id, recipient_id=each.recipient.member_id, kind=each.kind)
        for each in expected_obligations(events, circle)
    )


@given(history=person_histories(), until=_UNTIL, circle=circles())
def test_of_a_history_with_its_watched_arrivals(
    history: list[RecordedEvent], until: datetime, circle: list[Recipient]
) -> None:
    events = with_watched_arrivals(history, until=until)
    assert due_obligations(events, audited(circle)) == _planned(events, circle)


@given(history=strange_histories(), until=_UNTIL, circle=circles())
def test_of_movements_from_anywhere_to_anywhere(
    history: list[RecordedEvent], until: datetime, circle: list[Recipient]
) -> None:
    events = with_watched_arrivals(history, until=until)
    assert due_obligations(events, audited(circle)) == _planned(events, circle)


@given(data=st.data(), history=person_histories(), circle=circles())
def test_of_what_has_arrived_so_far(
    data: st.DataObject, history: list[RecordedEvent], circle: list[Recipient]
) -> None:
    stated = with_watched_arrivals(history, until=minutes(9000))
    some = data.draw(st.lists(st.sampled_from(stated), unique_by=lambda event: event.event_id))
    again = data.draw(redeliveries(some))
    assert due_obligations(again, audited(circle)) == _planned(some, circle)


def test_the_audit_imports_nothing_of_the_code_that_it_audits() -> None:
    folder = Path(str(domain.__file__)).parent
    imported = {
        node.module
        for path in folder.glob("audit_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("services")
    }
    assert all(module.startswith("services.notifications.domain.audit_") for module in imported)
