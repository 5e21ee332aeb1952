"""A submission publishes where, when and what, under opaque ids, and nothing that names the person."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.api.movements import parse_movement
from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.identifiers import by_spelling
from services.admission.domain.submission import Submission, content_sha256
from services.admission.handlers.accept_movement import prepare_submission
from shared.events import admission
from tests.unit.admission.bodies import AUTHORITY, CLINIC, HOSPITAL, NAME, encoded, identifier, movement
from tests.unit.admission.dependencies import dependencies

DEPENDENCIES = dependencies(
    clock=lambda: datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    affiliations={HOSPITAL: Affiliation(HOSPITAL, units=by_spelling(["CARDIO"]))},
)
numbers = st.text("ABC0123456789-", min_size=1, max_size=8)


def submission(**other: Any) -> Submission:
    body = encoded(movement(identifier("270055512345678"), **other))
    return prepare_submission(
        DEPENDENCIES,
        parse_movement(body),
        source_id=UUID(int=7),
        tolerance=timedelta(seconds=300),
        trace={},
    )


@pytest.mark.parametrize(
    ("action", "kind", "event"),
    [
        ("insert", "admission", admission.PatientAdmitted),
        ("insert", "transfer", admission.PatientTransferred),
        ("insert", "discharge", admission.PatientDischarged),
        ("update", "discharge", admission.MovementUpdated),
        ("cancel", "admission", admission.MovementCancelled),
        ("insert", "leave", admission.FurtherMovementStated),
        ("update", "return", admission.FurtherMovementUpdated),
        ("cancel", "leave", admission.FurtherMovementCancelled),
    ],
)
def test_action_and_kind_make_the_event(action: str, kind: str, event: type) -> None:
    data = submission(action=action, kind=kind, origin=None).data
    assert type(data) is event
    assert data.kind == kind


def test_an_update_travels_with_what_it_names() -> None:
    data = submission(action="update", kind="discharge", origin=None).data
    assert isinstance(data, admission.MovementUpdated)
    assert data.names == ("class_of_stay", "origin")
    assert "names" not in submission().data.__struct_fields__


def test_a_leave_travels_with_the_time_of_its_expected_return() -> None:
    data = submission(action="insert", kind="leave", origin=None, expected_at="2026-03-03T18:00:00Z").data
    assert isinstance(data, admission.FurtherMovementStated)
    assert data.expected_at == datetime(2026, 3, 3, 18, tzinfo=UTC)


def test_an_emission_of_2099_is_ordered_by_the_tolerance_of_its_source() -> None:
    assert submission().data.ordered_at is None
    data = submission(emitted_at="2099-01-01T00:00:00Z").data
    assert data.emitted_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert data.ordered_at == datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


def test_where_and_when_travel() -> None:
    expected_at = "2026-03-01T12:00:00Z"
    destination = {"mode": "transfer", "establishment": CLINIC, "expected_at": expected_at}
    data = submission(kind="transfer", origin=None, destination=destination, unit="CARDIO").data
    assert data.destination == admission.Place(
        mode="transfer", establishment=CLINIC, expected_at=datetime(2026, 3, 1, 12, tzinfo=UTC)
    )
    assert (data.unit, data.class_of_stay, data.source_id) == ("CARDIO", "inpatient", UUID(int=7))


def test_ids_of_events_and_receipts_grow_so_that_their_indexes_do_at_one_end() -> None:
    made = [submission() for _ in range(20)]
    for ids in ([one.event_id for one in made], [one.receipt_id for one in made]):
        assert ids == sorted(set(ids))
        assert {each.version for each in ids} == {7}


def test_nothing_that_names_the_person_travels() -> None:
    stated = {"stay_id": "IEP-4711", "movement_id": "MVT-4712", "unit": "MME DUPONT"}
    by = {"medical_unit": "UF DE MME DUPONT", "nursing_unit": "US DE MME DUPONT"}
    travelling = msgspec.json.encode(submission(**stated, responsibility=by).data).decode()
    named = (NAME, "Camille", "1941-05-17", "270055512345678", AUTHORITY, *stated.values(), *by.values())
    assert [secret for secret in named if secret in travelling] == []


def test_a_unit_that_is_not_registered_is_marked_and_is_another_one_elsewhere() -> None:
    assert "unit_unknown" not in submission(unit="cardio").marks
    unknown, elsewhere = submission(unit="2101"), submission(unit="2101", establishment=CLINIC)
    assert "unit_unknown" in set(unknown.marks) & set(elsewhere.marks)
    assert unknown.data.unit == submission(unit="2101").data.unit != elsewhere.data.unit


@given(one=numbers, other=numbers)
def test_opaque_ids_are_equal_exactly_when_the_numbers_are(one: str, other: str) -> None:
    first, second = submission(movement_id=one, stay_id=one), submission(movement_id=other, stay_id=other)
    assert (first.data.movement_id == second.data.movement_id) is (one == other)
    assert (first.data.stay_id == second.data.stay_id) is (one == other)
    assert first.data.stay_id != first.data.movement_id


def test_the_same_number_in_another_establishment_is_another_stay() -> None:
    assert submission(stay_id="1").data.stay_id != submission(stay_id="1", establishment=CLINIC).data.stay_id


def test_a_billing_number_is_no_identity() -> None:
    numbers_of_person = [identifier("1") | {"type": "NH"}, identifier("2") | {"type": "PI"}]
    both = submission(person={"identifiers": numbers_of_person})
    assert both.numbers == submission(person={"identifiers": numbers_of_person[1:]}).numbers


def test_the_submission_keeps_the_body_as_it_came() -> None:
    made = submission(unknown_field="kept")
    assert b"unknown_field" in made.body
    assert made.content_sha256 == content_sha256(made.body)


def test_spellings_from_before_scopes_are_computed_only_while_such_numbers_may_be_stored() -> None:
    assert submission().numbers[0].earlier
    DEPENDENCIES.owners.may_be_unscoped = False
    try:
        assert submission().numbers[0].earlier == ()
    finally:
        DEPENDENCIES.owners.may_be_unscoped = True
