"""Who answers for a person is told apart from where the person lies, by numbers and never by names."""

from typing import Any

import msgspec
import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.submission import event_payload
from shared.events.admission import FurtherMovementStated, PatientAdmitted, Responsibility
from shared.stays.statements import NO_SOURCE
from tests.unit.admission.bodies import encoded
from tests.unit.admission.domain.adt.messages import PID, PV1, body, found, header, read

_RPPS = "10001234565"
_DOCTOR = f"{_RPPS}^LEMOINE^ANNE^^^DR^^^&1.2.250.1.71.4.2.1&ISO^L^^^RPPS"


def _visit(doctor: str) -> str:
    return PV1.replace("CARDIO^12^A||||", f"CARDIO^12^A||||{doctor}")


def _zbe(action: str = "INSERT", original: str = "", changes: str = "M") -> str:
    units = "Chir^^^^^X^UF^^^6268|Soins^^^^^X^UF^^^6270"
    return f"ZBE|7^CHU-X|20240306103000||{action}|N|{original}|{units}|{changes}"


@pytest.mark.parametrize(
    ("event", "kind", "changes"),
    [
        ("A54", "change_of_responsibility", "M"),
        ("A02", "change_of_responsibility", "SM"),
        ("A02", "transfer", "HMS"),
        ("A02", "transfer", "L"),
        ("A01", "admission", "HMS"),
    ],
)
def test_units_and_doctor_are_stated_apart_from_the_location(event: str, kind: str, changes: str) -> None:
    stated = body(header(event), PID, _visit(_DOCTOR), _zbe(changes=changes), units={"6268": "3401"})
    assert stated["kind"] == kind
    assert stated["responsibility"] == {
        "medical_unit": "3401",
        "nursing_unit": "6270",
        "attending_doctor": _RPPS,
    }
    assert ("unit" in stated) == (kind != "change_of_responsibility")
    movement = parse_movement(encoded(stated)).movement
    payload = event_payload(movement, movement_id=NO_SOURCE, stay_id=NO_SOURCE, source_id=NO_SOURCE)
    assert payload.responsibility == Responsibility(
        medical_unit="3401", nursing_unit="6270", attending_doctor=_RPPS
    )
    assert isinstance(payload, FurtherMovementStated if event != "A01" and "unit" not in stated else object)
    assert isinstance(payload, PatientAdmitted) == (event == "A01")
    assert b"LEMOINE" not in msgspec.json.encode(payload)


def test_a_change_is_cancelled_under_its_number_or_its_time() -> None:
    stated = body(header("A55"), PID, PV1, _zbe("CANCEL", "A54"))
    assert (stated["action"], stated["kind"]) == ("cancel", "change_of_responsibility")
    made = [read(header(each), PID, PV1).statements[0].body["movement_id"] for each in ("A54", "A55")]
    assert made[0] == made[1]
    assert found(read(header("A55").replace("20240306110000", ""), PID, PV1)) == {(101, "EVN", 6)}


def test_a_cancelled_transfer_that_moved_nobody_is_a_change_of_responsibility() -> None:
    stated = body(header("A12"), PID, PV1, _zbe("CANCEL", "A02"))
    assert (stated["action"], stated["kind"]) == ("cancel", "change_of_responsibility")


def test_a_doctor_without_a_national_number_is_not_passed_on_and_that_is_said() -> None:
    reading = read(header("A54"), PID, _visit("4711^LEMOINE"), "ZBE|7|20240306103000||INSERT|N")
    assert [(each.code, each.is_warning) for each in reading.findings] == [(103, True)]
    assert "responsibility" not in reading.statements[0].body
    assert not read(header("A01"), PID, _visit("4711^LEMOINE")).findings


@pytest.mark.parametrize(
    ("change", "ignored"),
    [
        ({"kind": "discharge"}, ("/responsibility",)),
        (
            {"responsibility": {"attending_doctor": "Dr Lemoine", "nursing_unit": "6270"}},
            ("/responsibility/attending_doctor",),
        ),
    ],
)
def test_what_cannot_be_meant_is_left_out_and_refuses_nothing(
    change: dict[str, Any], ignored: tuple[str, ...]
) -> None:
    stated = body(header("A54"), PID, _visit(_DOCTOR), _zbe()) | change
    assert parse_movement(encoded(stated)).ignored == ignored
