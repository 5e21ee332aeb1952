"""What ADT says of moves that leave the stay as it is: tracking, swaps of beds, corrections of the class."""

import pytest

from services.admission.api.movements import parse_movement
from tests.unit.admission.bodies import encoded
from tests.unit.admission.domain.adt.messages import PID, PV1, body, found, header, read

_FOR_A_WHILE = "PV1|1|I|CARDIO^12^A||||||||RADIO|||||||||||V7^^^CHU-X&1.2.3.4&ISO^VN".replace(
    "|RADIO|||||||||||V7", "|RADIO||||||||V7"
)


@pytest.mark.parametrize(
    ("event", "cancel", "kind"),
    [("A09", "A33", "temporary_departure"), ("A10", "A32", "temporary_arrival")],
)
def test_where_a_person_is_for_a_while_is_no_move_of_the_bed(event: str, cancel: str, kind: str) -> None:
    stated, cancelled = (body(header(each), PID, _FOR_A_WHILE) for each in (event, cancel))
    assert (stated["kind"], stated["unit"], stated["stay_id"]) == (kind, "RADIO", "V7^1.2.3.4")
    assert (cancelled["action"], cancelled["movement_id"]) == ("cancel", stated["movement_id"])
    parse_movement(encoded(stated))
    assert found(read(header(cancel).replace("20240306110000", ""), PID, PV1)) == {(101, "EVN", 6)}


def test_a_swap_of_beds_moves_both_persons() -> None:
    other = PV1.replace("CARDIO^12^A", "PNEUMO^3^B").replace("V7", "V8")
    reading = read(header("A17"), PID, PV1, PID.replace("000003", "000004"), other)
    assert [(each.body["kind"], each.body["unit"], each.body["stay_id"]) for each in reading.statements] == [
        ("transfer", "CARDIO", "V7^1.2.3.4"),
        ("transfer", "PNEUMO", "V8^1.2.3.4"),
    ]


def test_a_correction_of_the_class_updates_the_admission_and_moves_nobody() -> None:
    zbe = "ZBE|7^CHU-X^1.2.3.4|20240306103000||UPDATE|N|A04|Chir^^^^^X^UF^^^6268||C"
    stated = body(header("Z99"), PID, PV1, zbe)
    assert (stated["action"], stated["kind"], stated["class_of_stay"]) == ("update", "admission", "inpatient")
