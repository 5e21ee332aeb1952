"""Without ZBE, a visit number that comes again is the stay of whom and when it says."""

from tests.integration.admission.hl7v2.door import codes, errors, movements, send
from tests.integration.admission.running import Admission, register_unit
from tests.unit.admission.domain.adt.messages import PID, PV1


def _said(number: str, event: str, when: str, person: str, class_: str = "I") -> bytes:
    msh = f"MSH|^~\\&|HIS|CHU|RELAIS|R|{when}||ADT^{event}|{number}|P|2.5"
    visit = PV1.replace("|I|", f"|{class_}|")
    return "\r".join([msh, f"EVN||{when}", PID.replace("000003", person), visit]).encode()


async def test_a_visit_number_given_again_takes_no_stay_from_its_former_patient(admission: Admission) -> None:
    source = await admission.source()
    await register_unit(admission, "CARDIO")
    for number, (event, when, person) in enumerate(
        [
            ("A01", "20200306100000", "A"),
            ("A03", "20200309100000", "A"),
            ("A01", "20200306110000", "B"),
            ("A11", "20200306120000", "B"),
            ("A01", "20260306100000", "A"),
            ("A01", "20260306103000", "A"),
            ("A03", "20260309100000", "A"),
        ]
    ):
        answer = await send(admission, source, _said(str(number), event, when, person))
        warned = ["PV1^1^19^1 205 W"] if 2 <= number <= 5 else []
        assert (codes(answer), errors(answer)) == (["AA"], warned)
    told = await movements(admission)
    assert not [each for each in told if "to_person" in each], "A's admission is B's now"
    by_number: dict[str, list[str]] = {}
    for each in told:
        by_number.setdefault(each["movement_id"], []).append(each["occurred_at"][:10])
    assert sorted(by_number.values()) == [
        ["2020-03-06"],
        ["2020-03-06"] * 2,
        ["2020-03-09"],
        ["2026-03-06"] * 2,
        ["2026-03-09"],
    ]


async def test_a_visit_stays_that_of_a_patient_who_was_merged_just_before(admission: Admission) -> None:
    source = await admission.source()
    await register_unit(admission, "CARDIO")
    merge = _said("3", "A40", "20240306110000", "A").split(b"\r")[:3]
    former = merge[2].split(b"|")[3].replace(b"A^", b"B^")
    for said in (
        _said("1", "A01", "20240306100000", "A"),
        _said("2", "A01", "20240306100000", "B").replace(b"V7", b"V8"),
        b"\r".join([*merge, b"MRG|" + former]),
        _said("4", "A11", "20240306120000", "B").replace(b"V7", b"V8"),
    ):
        answer = await send(admission, source, said)
        assert (codes(answer), errors(answer)) == (["AA"], [])
    told = [each["movement_id"] for each in await movements(admission) if "kind" in each]
    assert len({*told}) == 2


async def test_a_cancel_finds_a_begin_of_which_the_class_changed(admission: Admission) -> None:
    source = await admission.source()
    await register_unit(admission, "CARDIO")
    for number, (event, class_) in enumerate([("A04", "E"), ("A06", "I"), ("A11", "I")]):
        said = _said(str(number), event, f"2024030610{number}000", "A", class_)
        assert codes(await send(admission, source, said)) == ["AA"]
    begun, _, cancelled = await movements(admission)
    assert begun["movement_id"] == cancelled["movement_id"]


async def test_who_is_admitted_again_after_the_discharge_keeps_the_first_presence(
    admission: Admission,
) -> None:
    """A series of sessions under one visit number, and a correction of each of its times."""
    source = await admission.source()
    await register_unit(admission, "CARDIO")
    days = ("20240306", "20240308", "20240313")
    number = 0
    for day in days:
        for event, hour in (("A01", "10"), ("A01", "09"), ("A03", "17"), ("A03", "18")):
            number += 1
            answer = await send(admission, source, _said(str(number), event, f"{day}{hour}0000", "A", "R"))
            assert (codes(answer), errors(answer)) == (["AA"], [])
    told = await movements(admission)
    current = {each["movement_id"]: (each["kind"], each["occurred_at"][8:13]) for each in told}
    assert sorted(current.values()) == sorted(
        (kind, f"{day[6:]}T{hour}")
        for day in days
        for kind, hour in (("admission", "09"), ("discharge", "18"))
    )
