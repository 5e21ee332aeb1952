"""200 persons like nobody else go through every door; nothing that the platform writes tells who they are."""

import re
import uuid
from datetime import datetime
from typing import Any, Final

import httpx
import msgspec
import pytest

from shared.testing.otlp_sink import OtlpSink
from tests.e2e.crowd import Crowd
from tests.e2e.establishment import TEST_AUTHORITY, Establishment, Services
from tests.e2e.eventually import eventually
from tests.e2e.media import everything_said
from tests.e2e.running import RunningPlatform

pytestmark = pytest.mark.services

BY_JSON, BY_BATCH, BY_HL7 = range(90), range(90, 160), range(160, 200)
WITH_A_PHONE, WITH_A_MAILBOX, MERGED, ERASED = range(50), range(50, 70), range(70, 80), range(80, 90)
# Everything that is said of them holds one of these; the rest tells one from the other.
NAME, GIVEN_NAME, STREET, NUMBER, LOCAL = "Zquibblot", "Quorvelline", "Zwirbelkopf", "277463918205", "Zqipp"
STAY, MESSAGE, ALIAS, MAILBOX, WRITER = "Zqstay", "Zqmsg", "Zwirbelou", "zqfille", "Zorglubine"
WARD: Final = "Zqchambre"
"""Units that nobody registered: free text."""
PHONE: Final = 639983000
UNIT: Final = "UFZQ7"
"""A registered one; it is nobody's, and stands in clear: the search finds what is there."""
SECRETS: Final = re.compile(
    "|".join((NAME, GIVEN_NAME, STREET, NUMBER, LOCAL, STAY, MESSAGE, ALIAS, MAILBOX, WRITER, WARD)).encode()
    + rb"|(?<!\d)(?:(?:\+|%2B|00)33|0)639983[01]\d\d(?!\d)",
    re.IGNORECASE,
)
IN_CLEAR: Final = frozenset(
    {("table admission public.submissions", MESSAGE), ("table admission public.identity_statements", MESSAGE)}
)
"""A sender's own number of a message, by which it finds its receipt again."""


def letters(number: int) -> str:
    """A number for where no digits may be."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


def identifier(number: int) -> dict[str, str]:
    return {"authority": TEST_AUTHORITY, "value": f"{NUMBER}{number:03}"}


def local(number: int) -> dict[str, str]:
    return {"authority": "IPP", "value": f"{LOCAL}{number}", "type": "PI"}


def admitted(hospital: Establishment, number: int, **other: Any) -> dict[str, Any]:
    traits = {
        "birth_name": f"{NAME} {letters(number)}",
        "given_names": [GIVEN_NAME],
        "birth_date": "1941-05-17",
        "sex": "female",
    }
    ids = {"source_event_id": f"{MESSAGE}-{number}", "stay_id": f"{STAY}-{number}"}
    units = {"unit": f"{WARD} {number}", "responsibility": {"medical_unit": UNIT, "nursing_unit": WARD}}
    person = {"identifiers": [identifier(number), local(number)], "traits": traits}
    return hospital.movement("admission", str(number)) | {"person": person} | ids | units | other


def hl7(hospital: Establishment, number: int) -> bytes:
    """The same, of a hospital whose software speaks HL7 v2, with what we have no use for."""
    now = datetime.now().astimezone().strftime("%Y%m%d%H%M%S%z")
    house = "CHU-X&1.2.3.4&ISO"
    return "\r".join(
        [
            f"MSH|^~\\&|HIS|CHU|RELAIS|R|{now}||ADT^A01^ADT_A01|{MESSAGE}-{number}|P|2.5^FRA^2.11"
            "|||||FRA|UNICODE UTF-8",
            f"EVN||{now}||||{now}",
            f"PID|1||{LOCAL}{number}^^^{house}^PI||{NAME} {letters(number)}^{GIVEN_NAME}^^^^^L||19410517|F"
            f"|||7 rue du {STREET}^^PARIS^^75011||0{PHONE + number}",
            f"NK1|1|{NAME}^{WRITER}|CHD|||0{PHONE + number}",
            f"PV1|1|I|{WARD} {number}||||||||||||||||{STAY}-{number}^^^{house}^VN",
            f"ZBE|{MESSAGE}-{number}^CHU-X|{now}||INSERT|N||{WARD}^^^^^X^UF^^^{UNIT}||HMS",
        ]
    ).encode()


def carer(number: int) -> dict[str, Any]:
    by_phone = {"medium": "sms", "address": f"+33{PHONE + number}"}
    by_mail = {"medium": "email", "address": f"{MAILBOX}{number}@exemple.fr"}
    return {
        "alias": f"{ALIAS} {letters(number)}",
        "channels": [by_phone if number in WITH_A_PHONE else by_mail],
        "night": True,
        "consent": {
            "given_at": "2026-11-01T10:00:00+01:00",
            "proof": {"kind": "written", "reference": f"{WRITER} {number}"},
        },
    }


def said(hospital: Establishment, **other: Any) -> dict[str, Any]:
    """A statement about numbers, by somebody, for a reason."""
    now = admitted(hospital, 0)["emitted_at"]
    told = {"author": f"Dr {WRITER}", "reason": f"vu avec {NAME}", "emitted_at": now}
    ids = {"source_event_id": f"{MESSAGE}-{uuid.uuid4()}", "establishment": hospital.finess}
    return told | ids | other


def _register_unit(hospital: Establishment, operator: dict[str, str]) -> None:
    place = f"{hospital.services.admission}/v1/establishments/{hospital.finess}"
    for registered in (place, f"{place}/units/{UNIT}"):
        hospital.client.put(registered, json={"name": UNIT}, headers=operator).raise_for_status()


async def _all_come(hospital: Establishment) -> list[str]:
    """Through three doors; whom the receipts name."""
    door = f"{hospital.services.admission}/v1"
    receipts = await Crowd(hospital).post_movements([admitted(hospital, number) for number in BY_JSON])
    key = {"authorization": f"Bearer {hospital.key}"}
    lines = b"\n".join(msgspec.json.encode(admitted(hospital, number)) for number in BY_BATCH)
    traced = {"traceparent": f"00-{'7' * 32}-{'7' * 16}-01", "tracestate": f"ward={NAME}"}
    headers = key | traced | {"content-type": "application/x-ndjson"}
    batch = hospital.client.post(f"{door}/movements:batch", content=lines, headers=headers)
    receipts += [msgspec.json.decode(line)["receipt"] for line in batch.text.splitlines()]
    for number in BY_HL7:
        answer = hospital.client.post(f"{door}/hl7v2", content=hl7(hospital, number), headers=key)
        assert "MSA|AA|" in answer.text, answer.text
    return [receipt["person_id"] for receipt in receipts]


async def _much_is_said(hospital: Establishment, persons: list[str], operator: dict[str, str]) -> None:
    circles = f"{hospital.services.notifications}/v1/persons"
    await Crowd(hospital).put(
        (f"{circles}/{persons[number]}/circle/carers/{uuid.uuid4()}", carer(number))
        for number in (*WITH_A_PHONE, *WITH_A_MAILBOX)
    )
    door = f"{hospital.services.admission}/v1"
    for number in MERGED:
        pair = said(hospital, surviving=local(number), merged={**local(number), "value": f"{LOCAL}b{number}"})
        hospital.post(f"{door}/identities/merge", pair).raise_for_status()
    traits = admitted(hospital, 0)["person"]
    hospital.post(f"{door}/identities/traits", said(hospital, person=traits)).raise_for_status()
    # What is refused, too, is written by nobody.
    wrong = [admitted(hospital, 0, kind=NAME), admitted(hospital, 0, unit="x" * 500), {NAME: GIVEN_NAME}]
    for body in (*wrong, admitted(hospital, 0, class_of_stay=None)):
        hospital.post_movement(body)
    hospital.get(f"{door}/persons", **identifier(1))
    hospital.get(f"{door}/persons", authority=NAME, value="\0")
    hospital.get(f"{door}/{NAME}/{PHONE}")
    for number in ERASED:
        asked = {"person_id": persons[number], "basis": "consent_withdrawn", "by": "DPO"}
        hospital.client.post(f"{door}/erasures", json=asked, headers=operator).raise_for_status()


def _told(services: Services, client: httpx.Client) -> bool:
    """Whether every phone and mailbox was reached."""
    texts = {each["to"] for each in client.get(f"{services.sms}/messages").json()}
    mails = str(client.get(f"{services.mail}/messages").json())
    phones = {f"+33{PHONE + number}" for number in WITH_A_PHONE}
    return phones <= texts and all(f"{MAILBOX}{number}@" in mails for number in WITH_A_MAILBOX)


async def test_nothing_that_is_written_tells_who_came(
    platform: RunningPlatform,
    hospital: Establishment,
    services: Services,
    client: httpx.Client,
    sink: OtlpSink,
) -> None:
    operator = {"authorization": f"Bearer {platform.operator_key}"}
    _register_unit(hospital, operator)
    persons = await _all_come(hospital)
    await _much_is_said(hospital, persons, operator)
    eventually(lambda: _told(services, client))

    found = await everything_said(platform, sink)
    kinds = {place.split()[0] for place in found}
    assert kinds == {"log", "metrics", "process", "table", "topic", "traces"}
    in_clear = {place for place, content in found.items() if UNIT.encode() in content}
    assert {"topic relais.admission", "table admission public.ledger"} <= in_clear, "the search finds"
    told = {
        (place, secret.decode().capitalize())
        for place, content in found.items()
        for secret in SECRETS.findall(content)
    }
    assert told - IN_CLEAR == set()
