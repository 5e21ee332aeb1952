"""What ADT says of what is planned, and of a death, for which it has no event."""

from itertools import permutations

import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.hl7v2.message import Place
from tests.unit.admission.bodies import encoded
from tests.unit.admission.domain.adt.messages import PID, PV1, body, header, read

_WITHOUT_NUMBER = "PV1|1|O||28b"


def _planned(event: str, evn: str, *segments: str) -> dict[str, object]:
    head = header(event).split("\r")[0]
    return body(head, f"EVN|{event}|20240306110000|{evn}", PID, PV1, *segments)


@pytest.mark.parametrize(
    ("event", "evn", "segments", "expected_at"),
    [
        ("A05", "20240310080000", (), "2024-03-10T08:00:00+01:00"),
        ("A14", "", ("PV2|" + "|" * 6 + "|20240311",), "2024-03-11T23:59:00+01:00"),
        ("A16", "", ("PV2|" + "|" * 7 + "|202403121000",), "2024-03-12T10:00:00+01:00"),
        ("A15", "20240307", (), "2024-03-07T23:59:00+01:00"),
        ("A16", "", (), None),
    ],
)
def test_a_plan_says_for_when(
    event: str, evn: str, segments: tuple[str, ...], expected_at: str | None
) -> None:
    stated = _planned(event, evn, *segments)
    assert (stated["action"], str(stated["kind"])[:8]) == ("insert", "planned_")
    assert stated.get("expected_at") == expected_at
    assert stated["occurred_at"] == "2024-03-06T11:00:00+01:00"
    parse_movement(encoded(stated))


def _unnumbered(event: str, *, day: str = "20240310080000", pid: str = PID) -> dict[str, object]:
    return body(header(event), pid, _WITHOUT_NUMBER, "PV2|" + "|" * 7 + day)


def test_a_planned_stay_without_a_number_is_the_persons_stay_of_that_day() -> None:
    stated, again = _unnumbered("A05"), _unnumbered("A38", day="20240310")
    assert str(stated["stay_id"]).startswith("next/")
    assert "000003" not in str(stated["stay_id"])
    assert (again["stay_id"], again["movement_id"]) == (stated["stay_id"], stated["movement_id"])
    assert _unnumbered("A05", day="20240312")["movement_id"] != stated["movement_id"]
    assert read(header("A16"), PID, _WITHOUT_NUMBER).is_refused
    for event in ("A05", "A38"):
        assert read(header(event), PID, _WITHOUT_NUMBER).is_refused, "nobody could tell which one"


def test_a_planned_stay_is_the_same_in_whatever_order_the_persons_numbers_come() -> None:
    numbers = ["8^^^CHU^PI", "3^^^CHU^PI", "1^^^ASIP^NH"]
    stays = {_unnumbered("A05", pid="PID|1||" + "~".join(each))["stay_id"] for each in permutations(numbers)}
    assert len(stays) == 1


def test_a_death_in_a_stay_is_a_fact_that_says_the_traits_too() -> None:
    died = PID + "|" * 21 + "20240305214500|Y"
    reading = read(header("A08"), died, PV1)
    assert [each.command for each in reading.statements] == ["movement"]
    stated = reading.statements[0].body
    assert (stated["action"], stated["kind"]) == ("insert", "death")
    assert stated["person"]["traits"]["birth_name"] == "MARTIN"
    with_movement = read(header("A08"), died, PV1, "ZBE|7^CHU-X|20240306103000||INSERT|N").statements[0].body
    assert with_movement["movement_id"] == stated["movement_id"] == "V7^1.2.3.4/death"
    assert f"{stated['occurred_at']:%Y-%m-%d %H:%M}" == "2024-03-05 21:45"
    assert [each.command for each in read(header("A31"), died).statements] == ["traits"]
    assert [each.command for each in read(header("A08"), PID, PV1).statements] == ["traits"]


def test_what_states_who_somebody_is_and_names_a_visit_is_told_that_the_visit_stays_as_it_was() -> None:
    named, unnamed = read(header("A08"), PID, PV1), read(header("A31"), PID, "PV1|1|N")
    assert [(str(each.place), each.is_warning) for each in named.findings] == [(str(Place("PV1")), True)]
    assert not unnamed.findings
