"""Problems are counted by names of which nothing that was sent is part."""

from typing import Final
from uuid import UUID

from services.admission.domain.conformance import (
    MOST_NAMES,
    OTHER,
    Tally,
    names_of_doubts,
    names_of_findings,
    names_of_refusal,
)
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.message import Place
from tests.unit.admission.bodies import NAME

SOURCE: Final = UUID(int=1)


def test_a_refusal_is_named_by_its_status_and_fields_of_the_contract_alone() -> None:
    pointers = ["/person/identifiers/3/value", "/person/identifiers/0/value", f"/{NAME}", "/unit"]
    assert names_of_refusal(422, pointers) == {
        "422 /person/identifiers/*/value",
        "422 /unit",
        f"422 {OTHER}",
    }
    assert names_of_refusal(409, []) == names_of_refusal(409, [""]) == {"409"}


def test_a_detail_that_is_left_out_is_named_once() -> None:
    assert names_of_doubts(["future_time", "detail_ignored"], ["/unit"]) == {
        "mark future_time",
        "ignored /unit",
    }


def test_a_finding_is_named_by_its_code_and_field() -> None:
    finding = Finding(code=101, french=NAME, english=NAME, place=Place("PV1", 19, 2, 1, occurrence=3))
    whole = Finding(code=207, french=NAME, english=NAME)
    assert names_of_findings([finding, whole]) == {"101 PV1-19", "207"}


def test_what_has_several_problems_is_faulty_once() -> None:
    tally = Tally()
    tally.note(SOURCE, [])
    tally.note(SOURCE, ["409"])
    tally.note(SOURCE, ["409", "422 /unit", "409"])
    assert dict(tally.faulty) == {SOURCE: 2}
    assert dict(tally.problems) == {(SOURCE, "409"): 2, (SOURCE, "422 /unit"): 1}


def test_so_many_names_are_held_and_no_more() -> None:
    tally = Tally()
    for number in range(MOST_NAMES + 10):
        tally.note(SOURCE, [str(number)])
    assert len(tally.problems) == MOST_NAMES + 1
    assert tally.problems[SOURCE, OTHER] == 10
