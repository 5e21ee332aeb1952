"""What ADT says of movements is stated in the words of our own contract."""

from typing import Any

import pytest

from services.admission.api.movements import parse_movement
from tests.unit.admission.bodies import encoded
from tests.unit.admission.domain.adt.messages import PID, PV1, body, found, header, read


def zbe(
    action: str = "INSERT", original: str = "", number: str = "7^CHU-X^1.2.3.4", when: str = "20240306103000"
) -> str:
    return f"ZBE|{number}|{when}||{action}|N|{original}|Chir^^^^^X^UF^^^6268||HMS"


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("A01", "admission"),
        ("A04", "admission"),
        ("A02", "transfer"),
        ("A06", "transfer"),
        ("A03", "discharge"),
        ("A21", "leave"),
        ("A22", "return"),
    ],
)
def test_an_event_inserts_a_movement_that_the_json_door_would_take(event: str, kind: str) -> None:
    stated = body(header(event), PID, PV1, zbe())
    assert (stated["action"], stated["kind"]) == ("insert", kind)
    assert stated["movement_id"] == "7^CHU-X^1.2.3.4"
    assert stated["stay_id"] == "V7^1.2.3.4"
    assert stated["occurred_at"] == "2024-03-06T10:30:00+01:00"
    assert stated["emitted_at"] == "2024-03-06T11:11:54+01:00"
    assert (stated["unit"], stated["class_of_stay"]) == ("CARDIO", "inpatient")
    parse_movement(encoded(stated))


@pytest.mark.parametrize(
    ("event", "action", "original", "stated"),
    [
        ("A07", "CANCEL", "A06", ("cancel", "transfer")),
        ("A12", "CANCEL", "A02", ("cancel", "transfer")),
        ("A13", "CANCEL", "A03", ("cancel", "discharge")),
        ("A11", "CANCEL", "A04", ("cancel", "admission")),
        ("Z99", "UPDATE", "A03", ("update", "discharge")),
        ("Z99", "UPDATE", "A21", ("update", "leave")),
        ("A52", "CANCEL", "A21", ("cancel", "leave")),
        ("A53", "CANCEL", "A22", ("cancel", "return")),
        ("A02", "UPDATE", "A02", ("update", "transfer")),
    ],
)
def test_the_intent_is_that_of_zbe_4(event: str, action: str, original: str, stated: tuple[str, str]) -> None:
    read_body = body(header(event), PID, PV1, zbe(action, original))
    assert (read_body["action"], read_body["kind"]) == stated


@pytest.mark.parametrize(
    ("event", "segment", "wrong"),
    [
        ("A12", zbe("INSERT"), (103, "ZBE", 4)),
        ("A02", zbe("REPLACE"), (103, "ZBE", 4)),
        ("Z99", zbe("UPDATE"), (101, "ZBE", 6)),
        ("Z99", zbe("UPDATE", "A99"), (103, "ZBE", 6)),
        ("A01", zbe(number=""), (101, "ZBE", 1)),
        ("A01", zbe(when="yesterday"), (102, "ZBE", 2)),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(
    event: str, segment: str, wrong: tuple[int, str, int]
) -> None:
    assert found(read(header(event), PID, PV1, segment)) == {wrong}


def test_all_mistakes_are_said_at_once() -> None:
    reading = read(header("A01", control_id=""), "PID|1", "PV1|1|I")
    assert found(reading) == {(101, "MSH", 10)}
    reading = read(header("A01"), "PID|1", "PV1|1|I", zbe("REPLACE"))
    assert found(reading) == {(101, "PID", 3), (101, "PV1", 19), (103, "ZBE", 4)}


def _numbers(event: str, visit: str = PV1, evn: str = "20240306110000") -> list[tuple[str, str]]:
    head = header(event).replace("20240306110000", evn)
    return [(each.body["action"], each.body["movement_id"]) for each in read(head, PID, visit).statements]


@pytest.mark.parametrize(
    ("event", "cancel"),
    [
        ("A01", "A11"),
        ("A02", "A12"),
        ("A03", "A13"),
        ("A04", "A11"),
        ("A21", "A52"),
        ("A22", "A53"),
        ("A05", "A38"),
        ("A14", "A27"),
        ("A15", "A26"),
        ("A16", "A25"),
    ],
)
@pytest.mark.parametrize("class_", ["I", "E", "O", ""])
def test_without_zbe_a_cancel_names_what_it_cancels(event: str, cancel: str, class_: str) -> None:
    visit = PV1.replace("|I|", f"|{class_}|")
    ((_, inserted),), ((action, cancelled),) = _numbers(event, visit), _numbers(cancel, visit)
    assert (action, cancelled) == ("cancel", inserted)


def test_without_zbe_a_resend_is_a_repetition_and_another_transfer_is_none() -> None:
    assert _numbers("A02") == _numbers("A02")
    assert _numbers("A02") != _numbers("A02", evn="20240306120000")
    assert _numbers("A03") == _numbers("A03", evn="20240306120000")


@pytest.mark.parametrize("event", ["A12", "A52", "A53"])
def test_without_zbe_the_cancel_of_what_may_happen_often_must_say_its_time(event: str) -> None:
    assert found(read(header(event).replace("20240306110000", ""), PID, PV1)) == {(101, "EVN", 6)}


@pytest.mark.parametrize(
    ("written", "expected_at"),
    [
        ("20240308180000", "2024-03-08T18:00:00+01:00"),
        ("20240308", "2024-03-08T23:59:00+01:00"),
        ('""', None),
    ],
)
def test_a_leave_says_when_the_person_is_expected_back(written: str, expected_at: str | None) -> None:
    stated = body(header("A21"), PID, PV1, "PV2" + "|" * 47 + written, zbe())
    assert stated["expected_at"] == expected_at
    parse_movement(encoded(stated))


def test_a_return_that_nobody_can_expect_is_left_out_and_said() -> None:
    reading = read(header("A21"), PID, PV1, "PV2" + "|" * 47 + "soon", zbe())
    assert [(each.code, each.is_warning) for each in reading.findings] == [(102, True)]
    assert "expected_at" not in reading.statements[0].body
    assert "expected_at" not in body(header("A22"), PID, PV1, "PV2" + "|" * 47 + "20240308180000", zbe())


@pytest.mark.parametrize(
    ("visit", "stated"),
    [
        (PV1.replace("CARDIO^12^A", '""'), {"unit": None, "class_of_stay": "inpatient"}),
        (PV1.replace("CARDIO^12^A", ""), {"class_of_stay": "inpatient"}),
        (PV1.replace("|I|", "||"), {"unit": "CARDIO"}),
    ],
)
def test_null_deletes_and_an_empty_field_says_nothing(visit: str, stated: dict[str, Any]) -> None:
    read_body = body(header("Z99"), PID, visit, zbe("UPDATE", "A01"))
    optional = ("unit", "class_of_stay", "origin", "destination")
    assert {name: read_body[name] for name in optional if name in read_body} == stated


@pytest.mark.parametrize("null", ['""', '""^""', '""^""^""'])
def test_null_deletes_the_unit_the_class_and_the_destination(null: str) -> None:
    visit = PV1.replace("CARDIO^12^A", null).replace("|I|", f"|{null}|")
    stated = body(header("Z99"), PID, visit + "|" * 17 + null, zbe("UPDATE", "A03"))
    assert {name: stated[name] for name in ("unit", "class_of_stay", "destination")} == {
        "unit": None,
        "class_of_stay": None,
        "destination": None,
    }
    mode_stays = body(header("Z99"), PID, PV1 + "|" * 18 + null, "ZFM||7", zbe("UPDATE", "A03"))
    assert mode_stays["destination"] == {"mode": "transfer"}
    origin = body(header("Z99"), PID, PV1, f"ZFM|{null}", zbe("UPDATE", "A01"))
    assert origin["origin"] is None
    parse_movement(encoded(stated))


@pytest.mark.parametrize(
    ("segments", "destination"),
    [
        ((PID, PV1, "ZFM|8|8"), {"mode": "home"}),
        ((PID, PV1, "ZFM|8|9"), {"mode": "death"}),
        ((PID + "|" * 22 + "Y", PV1, "ZFM||7"), {"mode": "death"}),
        ((PID, PV1 + "|" * 17 + "|940000045", "ZFM||7"), {"mode": "transfer", "establishment": "940000045"}),
        ((PID, PV1 + "|" * 17 + "01"), {"mode": "home"}),
        ((PID, PV1 + "|" * 18 + "EHPAD"), {"mode": "transfer", "establishment": "940000045"}),
        ((PID, PV1), None),
    ],
)
def test_a_discharge_says_where_to(segments: tuple[str, ...], destination: dict[str, str] | None) -> None:
    stated = body(header("A03"), *segments, establishments={"EHPAD": "940000045"})
    assert stated.get("destination") == destination
    parse_movement(encoded(stated))


@pytest.mark.parametrize(
    ("sent", "when", "dialect", "occurred_at"),
    [
        ("20240306093000+0000", "20240306091500", {}, "2024-03-06T09:15:00Z"),
        ("20240306093000+0100", "20230806091500", {}, "2023-08-06T09:15:00+02:00"),
        ("20240306093000", "20240306091500", {}, "2024-03-06T09:15:00+01:00"),
        ("20240306093000+0000", "20240306091500+0100", {}, "2024-03-06T09:15:00+01:00"),
        ("20240306093000+0000", "20240306091500", {"time_zone": "Europe/Paris"}, "2024-03-06T09:15:00+01:00"),
    ],
)
def test_the_offset_of_the_header_is_that_of_its_message(
    sent: str, when: str, dialect: dict[str, str], occurred_at: str
) -> None:
    assert body(header("A01", sent=sent), PID, PV1, zbe(when=when), **dialect)["occurred_at"] == occurred_at


def test_a_stay_is_one_under_each_name_of_its_authority() -> None:
    forms = ("^^^CHU-X&1.2.3.4&ISO^VN", "^^^CHU-X^VN", "")
    visits = [PV1.replace(forms[0], form) for form in forms]
    mapped = {"authorities": {"CHU-X": "1.2.3.4"}, "authority": "1.2.3.4"}
    assert {body(header("A01"), PID, each, **mapped)["stay_id"] for each in visits} == {"V7^1.2.3.4"}
    assert len({body(header("A01"), PID, each)["stay_id"] for each in visits}) == 3


def test_a_day_is_no_midnight() -> None:
    by_event = body(header("A01"), PID, PV1, zbe(when="20240306"))
    assert by_event["occurred_at"] == "2024-03-06T11:00:00+01:00"
    reading = read(header("A01"), PID, PV1, zbe(when="20240305"))
    assert reading.statements[0].body["occurred_at"].isoformat() == "2024-03-05T12:00:00+01:00"
    assert [(each.code, each.is_warning) for each in reading.findings] == [(102, True)]


@pytest.mark.parametrize("event", ["A01", "A02", "A06", "A21", "A22", "A09", "A17", "A03"])
@pytest.mark.parametrize("filler", ["00010101000000", "99991231235959-1200", "00010101", "99991231"])
def test_a_filler_is_no_time(event: str, filler: str) -> None:
    head = header(event).replace("20240306110000", filler)
    stated = read(head, PID, PV1)
    assert [(each.code, each.is_warning) for each in stated.findings] == [(102, True)]
    assert stated.statements[0].body["occurred_at"].isoformat() == "2024-03-06T11:11:54+01:00"
    sent = read(header(event).replace("|||||ADT", f"|{filler}||ADT"), PID, PV1)
    assert sent.statements
    assert found(read(head.replace("EVN||20240306111154", f"EVN||{filler}"), PID, PV1)) == {(102, "EVN", 2)}
    assert found(read(header(event), PID, PV1, zbe(when=filler))) == {(102, "ZBE", 2)}
    assert found(read(header("A12").replace("20240306110000", filler), PID, PV1)) == {(101, "EVN", 6)}
    expected = read(header("A21"), PID, PV1, "PV2" + "|" * 47 + filler, zbe())
    assert [
        (each.is_warning, "expected_at" in expected.statements[0].body) for each in expected.findings
    ] == [(True, False)]


def test_a_dialect_says_what_units_classes_and_events_mean() -> None:
    visit = PV1.replace("|I|", "|EMERGENCY|")
    dialect = {
        "classes": {"EMERGENCY": "emergency"},
        "units": {"CARDIO": "3401"},
        "events": {"A05": "admission"},
    }
    stated = body(header("A05"), PID, visit, **dialect)
    assert (stated["class_of_stay"], stated["unit"], stated["kind"]) == ("emergency", "3401", "admission")
    reading = read(header("A01"), PID, visit)
    assert [(each.code, each.is_warning) for each in reading.findings] == [(103, True)]
    assert "class_of_stay" not in reading.statements[0].body


def test_an_event_that_means_nothing_here_is_answered_as_its_dialect_says() -> None:
    assert found(read(header("A60"), PID, PV1)) == {(201, "MSH", 9)}
    assert read(header("A60"), PID, PV1, unsupported="ignored").is_ignored
    assert read(header("A60", version="2.5^FRA^2.11"), PID, PV1).is_ignored
    assert found(read(header("A60", version="2.5^FRA^2.11"), PID, PV1, unsupported="refused"))
    assert read(header("A08"), PID, PV1, events={"A08": "ignored"}).is_ignored


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("ADT^A01", "ORU^R01"), (200, "MSH", 9)),
        (("|2.5", "|3.0"), (203, "MSH", 12)),
        (("|42|", "||"), (101, "MSH", 10)),
    ],
)
def test_a_header_that_is_not_taken_says_which_field(
    change: tuple[str, str], wrong: tuple[int, str, int]
) -> None:
    assert found(read(header("A01").replace(*change), PID, PV1)) == {wrong}


def test_each_of_several_numbers_of_a_movement_is_stated() -> None:
    statements = read(header("A02"), PID, PV1, zbe(number="7^X~8^X")).statements
    assert [each.body["movement_id"] for each in statements] == ["7^X", "8^X"]
    assert [each.body["source_event_id"] for each in statements] == ["42", "42"]
