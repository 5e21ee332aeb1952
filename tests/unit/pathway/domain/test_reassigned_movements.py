"""A movement that turned out to be another person's is on that person's timeline, and on no other."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Expectation, Pathway
from services.pathway.domain.rules import RULES
from shared.events.admission import ReassignmentReason
from shared.testing.histories import batches, redeliveries
from shared.testing.moving_histories import REASONS, Moving, moving_histories
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    START,
    PersonHistory,
    minutes,
)
from tests.unit.pathway.listener import Listener, Publisher


def _shown(pathway: Pathway) -> Pathway:
    """Without when it was recorded, who may read it, and what is expected no more."""
    return replace(
        pathway,
        movements=tuple(replace(movement, recorded_at=START) for movement in pathway.movements),
        establishments=(),
        expectations=tuple(
            replace(each, known_at=None) for each in pathway.expectations if not each.withdrawn
        ),
        further_expectations=tuple(
            replace(each, known_at=None) for each in pathway.further_expectations if not each.withdrawn
        ),
    )


@given(moving=moving_histories())
def test_each_pathway_is_as_if_everything_had_been_stated_of_the_right_person(moving: Moving) -> None:
    for published, right in zip(moving.published, moving.right, strict=True):
        assert _shown(fold(published.events, RULES)) == _shown(fold(right.events, RULES))


@given(data=st.data(), moving=moving_histories())
def test_any_order_and_repetition_gives_the_same(data: st.DataObject, moving: Moving) -> None:
    for history in moving.published:
        events = data.draw(redeliveries(history.events))
        assert fold(events, RULES) == fold(history.events, RULES)


@given(data=st.data(), moving=moving_histories())
def test_what_is_published_amounts_to_the_truth(data: st.DataObject, moving: Moving) -> None:
    for history in moving.published:
        publisher, listener = Publisher(), Listener()
        for batch in data.draw(batches(data.draw(redeliveries(history.events)))):
            for event in publisher.take_in(batch, now=minutes(0)):
                listener.hear(event.data)
        for expectation in fold(history.events, RULES, now=minutes(0)).expectations:
            believed = listener.believed_state(expectation.expectation_id)
            assert (believed == "withdrawn") == expectation.withdrawn


def _left_for_rehabilitation(reason: ReassignmentReason) -> tuple[Pathway, Expectation]:
    rose, iris = PersonHistory("Rose"), PersonHistory("Iris")
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    left = rose.discharge("stay", at=minutes(60), establishment=HOSPITAL, to=REHABILITATION)
    rose.admit("elsewhere", at=minutes(90), establishment=NURSING_HOME)
    for event in (rose.events[0], left):
        rose.hand_over(event.data.movement_id, iris, reason=reason)  # type: ignore[attr-defined]
    pathway = fold(rose.events, RULES)
    [expectation] = pathway.expectations
    return pathway, expectation


def test_an_arrival_is_expected_no_more_of_whom_did_not_leave() -> None:
    for reason in REASONS:
        pathway, expectation = _left_for_rehabilitation(reason)
        assert (expectation.withdrawn, expectation.reassigned) == (True, reason)
        assert [movement.establishment for movement in pathway.movements] == [NURSING_HOME]


def test_an_establishment_reads_nothing_of_whom_it_stated_nothing() -> None:
    moved, _ = _left_for_rehabilitation("moved")
    assert moved.establishments == (NURSING_HOME,)
    merged, _ = _left_for_rehabilitation("merged")
    assert merged.establishments == (HOSPITAL, NURSING_HOME)
