"""What ADT says of persons: numbers under their authorities, traits, merges, links, moves and changes."""

import pytest

from tests.unit.admission.domain.adt.messages import HOSPITAL, PID, PV1, body, found, header, read

INS = "279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"
WITH_INS = PID.replace("^PI|", f"^PI~{INS}|")
OURS = {"authority": "1.2.3.4", "value": "000003", "type": "PI"}


def _status(*values: str) -> str:
    return WITH_INS + "|" * 24 + "~".join(values)


def test_a_person_has_numbers_with_authorities_and_traits() -> None:
    stated = body(header("A28"), PID)
    assert stated["person"] == {
        "identifiers": [OURS],
        "traits": {
            "birth_name": "MARTIN",
            "given_names": ["JEANNE", "MARIE"],
            "birth_date": "1941-05-17",
            "sex": "female",
            "used_name": "DURAND",
        },
    }
    assert stated["establishment"] == HOSPITAL


@pytest.mark.parametrize(
    ("statuses", "numbers", "status", "attributes"),
    [
        (("VALI",), 2, "qualified", None),
        (("PROV",), 1, "provisional", None),
        (("PROV", "DOUT"), 1, "provisional", ["doubtful"]),
        (("VALI", "HOMA"), 2, "qualified", ["homonym"]),
        (("",), 2, None, None),
    ],
)
def test_an_ins_counts_only_with_its_status(
    statuses: tuple[str, ...], numbers: int, status: str | None, attributes: list[str] | None
) -> None:
    person = body(header("A31"), _status(*statuses))["person"]
    assert len(person["identifiers"]) == numbers
    assert person.get("identity_status") == status
    assert person.get("identity_attributes") == attributes


def test_a_dialect_names_authorities_and_the_senders_own_numbers_come_first() -> None:
    pid = "PID|1||9^^^OTHER^SS~1^^^CHU^MR~2"
    numbers = body(header("A28"), pid, authorities={"CHU": "chu-ipp"}, authority="local")["person"][
        "identifiers"
    ]
    assert [(each["authority"], each["value"]) for each in numbers] == [
        ("chu-ipp", "1"),
        ("local", "2"),
        ("OTHER", "9"),
    ]


def test_older_versions_have_the_number_in_pid_2() -> None:
    assert body(header("A28", version="2.1"), "PID|1|77")["person"]["identifiers"][0]["value"] == "77"


@pytest.mark.parametrize("event", ["A40", "A34", "A18"])
def test_a_merge_is_between_numbers_of_one_authority(event: str) -> None:
    reading = read(header(event), WITH_INS, "MRG|5^^^Z~000009^^^CHU-X&1.2.3.4&ISO^PI")
    (stated,) = reading.statements
    assert stated.command == "merge"
    assert (stated.body["surviving"]["value"], stated.body["merged"]["value"]) == ("000003", "000009")


def test_every_pair_of_one_message_is_merged() -> None:
    statements = read(header("A40"), "PID|||1", "MRG|2", "PID|||3", "MRG|4").statements
    assert [(each.body["surviving"]["value"], each.body["merged"]["value"]) for each in statements] == [
        ("1", "2"),
        ("3", "4"),
    ]
    assert [each.body["source_event_id"] for each in statements] == ["42", "42"]


@pytest.mark.parametrize(("event", "command"), [("A24", "link"), ("A37", "unlink")])
def test_two_persons_are_linked_or_are_not(event: str, command: str) -> None:
    (stated,) = read(header(event), "PID|||1", "PID|||2").statements
    assert (stated.command, stated.body["merged"]["value"]) == (command, "2")


def test_a_stay_is_moved_to_another_person() -> None:
    (stated,) = read(
        header("A45"), PID, "MRG|000009^^^CHU-X&1.2.3.4&ISO^PI||||V9^^^CHU-X&1.2.3.4&ISO"
    ).statements
    assert (stated.command, stated.body["stay_ids"]) == ("move", ["V9^1.2.3.4"])
    (stated,) = read(header("A44"), PID, "MRG|000009^^^CHU-X&1.2.3.4&ISO^PI", PV1).statements
    assert (stated.body["former"]["value"], stated.body["stay_ids"]) == ("000009", ["V7^1.2.3.4"])


def test_a_number_changes_or_is_deleted() -> None:
    former = "MRG|000001^^^CHU-X&1.2.3.4&ISO^PI"
    (stated,) = read(header("A47"), PID, former).statements
    assert (stated.command, stated.body["number"]) == ("change_number", OURS)
    (stated,) = read(header("A47"), PID.replace("000003^", '""^'), former).statements
    assert (stated.command, stated.body["number"]["value"]) == ("delete_number", "000001")


@pytest.mark.parametrize("segments", [(), ("ZBE|7^CHU-X|20240306103000||CANCEL|N|A01",)])
def test_a_deletion_of_a_visit_is_of_all_that_was_stated_of_it(segments: tuple[str, ...]) -> None:
    (stated,) = read(header("A23"), PID, PV1, *segments).statements
    assert (stated.command, stated.body["number"], stated.body["stay_ids"]) == (
        "delete_stay",
        OURS,
        ["V7^1.2.3.4"],
    )
    assert found(read(header("A23"), "PID|1", "PV1|1|I")) == {(101, "PID", 3), (101, "PV1", 19)}


@pytest.mark.parametrize(("event", "wrong"), [("A40", {(101, "MRG", 1)}), ("A28", {(100, "PID", None)})])
def test_what_is_missing_is_said(event: str, wrong: set[tuple[int, str, int | None]]) -> None:
    segments = (PID,) if event == "A40" else ()
    assert found(read(header(event), *segments)) == wrong


@pytest.mark.parametrize("born", ["19410230", "20250229", "1941-05-17", "17051941", "00010101"])
def test_a_birth_date_that_is_none_is_pointed_at(born: str) -> None:
    reading = read(header("A28"), PID.replace("19410517", born))
    assert [(each.is_warning, each.place.field) for each in reading.findings if each.place] == [(True, 7)]
    assert "birth_date" not in reading.statements[0].body["person"]["traits"]
    assert not read(header("A28"), PID.replace("19410517", "194105")).findings


def test_every_number_of_a_merge_is_merged_or_pointed_at() -> None:
    pid, mrg = "PID|1||P1^^^A^PI~I1^^^INS^INS||X^Y", "MRG|P2^^^A^PI~P3^^^A^PI~I1^^^INS^INS~S9^^^OTHER^SS"
    reading = read(header("A40"), pid, mrg)
    assert [each.body["merged"]["value"] for each in reading.statements] == ["P2", "P3"]
    assert {each.body["surviving"]["value"] for each in reading.statements} == {"P1"}
    assert [each.place.repetition for each in reading.findings if each.place] == [4]
