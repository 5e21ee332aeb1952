"""Who did not come back from a leave is told of to the establishment, and to nobody else."""

from msgspec.structs import replace

from services.notifications.domain.obligations.derivation import derive_obligations
from shared.events.envelope import RecordedEvent
from shared.events.pathway import FurtherExpectationStated
from shared.events.registry import PATHWAY
from shared.testing.person_history import HOSPITAL, id_of, minutes
from tests.unit.notifications.circles import EVERYBODY

_DESK = id_of("desk", HOSPITAL)


def _said(number: int, state: str) -> RecordedEvent:
    over = state in ("met_late", "ended")
    return RecordedEvent(
        event_id=id_of("said", number),
        publisher=PATHWAY,
        subject=id_of("person", "Rose"),
        sequence=number,
        occurred_at=minutes(60 + number),
        recorded_at=minutes(60 + number),
        data=FurtherExpectationStated(
            expectation_id=id_of("leave"),
            kind="return",
            movement_id=id_of("leave"),
            stay_id=id_of("stay"),
            establishment=HOSPITAL,
            since=minutes(0),
            due_at=minutes(60),
            state=state,
            ended_at=minutes(90) if over else None,
        ),
    )


def _told(*events: RecordedEvent) -> list[tuple[int, str]]:
    derived = derive_obligations(events, EVERYBODY)
    assert {each.recipient.member_id for each in derived} <= {_DESK}
    return sorted((each.event.sequence, each.kind) for each in derived)


def test_the_establishment_hears_that_a_return_is_overdue_and_how_that_ended() -> None:
    said = [_said(1, "open"), _said(2, "overdue"), _said(3, "met_late")]
    assert _told(*said) == [(2, "return.overdue"), (3, "return.overdue.corrected")]


def test_a_wait_that_was_none_is_taken_back() -> None:
    assert _told(_said(1, "overdue"), _said(2, "withdrawn")) == [
        (1, "return.overdue"),
        (2, "return.overdue.retracted"),
    ]


def test_who_comes_back_in_time_is_no_news() -> None:
    assert _told(_said(1, "open"), _said(2, "met")) == []


def test_a_kind_and_a_state_of_next_year_are_passed_over() -> None:
    said = _said(2, "overdue")
    assert isinstance(said.data, FurtherExpectationStated)
    assert _told(replace(said, data=replace(said.data, kind="of next year"))) == []
    assert _told(_said(1, "overdue"), _said(2, "of next year")) == [(1, "return.overdue")]
