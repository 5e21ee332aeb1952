"""A posted admission reaches a carer's phone; a stranger learns nothing of it."""

import uuid
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.e2e.establishment import TEST_AUTHORITY, Establishment, Services
from tests.e2e.eventually import eventually

CARER_ID = uuid.uuid4()
CARER_PHONE = "+33639980001"
CARER = {
    "alias": "Mamie",
    "channels": [
        {"medium": "sms", "address": CARER_PHONE},
        {"medium": "email", "address": "proche@exemple.fr"},
    ],
    "night": True,
    "consent": {
        "given_at": "2026-11-01T10:00:00+01:00",
        "proof": {"kind": "written", "reference": "C-1"},
    },
}


@pytest.fixture(scope="module")
def person_id(hospital: Establishment, services: Services) -> str:
    """Someone who was admitted and has a carer."""
    receipt = hospital.post_movement(hospital.movement("admission", PERSON)).json()
    circle = f"{services.notifications}/v1/persons/{receipt['person_id']}/circle"
    eventually(lambda: hospital.put(f"{circle}/carers/{CARER_ID}", CARER).is_success)
    eventually(
        lambda: (
            hospital.put(
                f"{circle}/professionals/940000045", {"email": "infirmerie@ehpad.exemple.fr"}
            ).is_success
        )
    )
    return str(receipt["person_id"])


PERSON = f"2410575{uuid.uuid4().int % 10**8:08d}"


def _texts(services: Services, client: httpx.Client) -> list[str]:
    messages: list[dict[str, Any]] = client.get(f"{services.sms}/messages").json()
    return [message["text"] for message in messages if message["to"] == CARER_PHONE]


def test_a_carer_who_joins_after_the_admission_is_told_of_it(
    person_id: str, services: Services, client: httpx.Client
) -> None:
    assert person_id
    texts = eventually(lambda: _texts(services, client))
    assert "Mamie est en établissement" in texts[0]
    assert "ZZSECRETNAME" not in texts[0]


def test_a_transfer_tells_the_receiver_and_its_arrival_tells_the_carer(
    person_id: str,
    hospital: Establishment,
    nursing_home: Establishment,
    services: Services,
    client: httpx.Client,
) -> None:
    departure = hospital.movement(
        "transfer", PERSON, destination={"mode": "transfer", "establishment": nursing_home.finess}
    )
    assert hospital.post_movement(departure).status_code == httpx.codes.ACCEPTED
    eventually(
        lambda: [
            mail
            for mail in client.get(f"{services.mail}/messages").json()
            if "infirmerie@ehpad.exemple.fr" in mail["to"]
        ]
    )
    arrival = nursing_home.movement(
        "admission", PERSON, origin={"mode": "transfer", "establishment": hospital.finess}
    )
    receipt = nursing_home.post_movement(arrival).json()
    assert receipt["person_id"] == person_id
    eventually(lambda: [text for text in _texts(services, client) if "a bien rejoint" in text])


def test_the_receipt_shows_what_every_service_did(
    person_id: str, nursing_home: Establishment, services: Services
) -> None:
    discharge = nursing_home.movement("discharge", PERSON, destination={"mode": "home"})
    receipt = nursing_home.post_movement(discharge).json()

    def informed() -> dict[str, Any] | None:
        url = f"{services.admission}/v1/receipts/{receipt['receipt_id']}"
        answer: dict[str, Any] = nursing_home.get(url).json()["services"]
        told = answer["notifications"].get("obligations", {}).get("informed")
        return answer if told else None

    states = eventually(informed)
    assert {name: state["state"] for name, state in states.items()} == {
        "pathway": "applied",
        "notifications": "applied",
        "indicators": "applied",
    }


def test_everything_owed_is_derived_again_from_the_ledgers_and_agrees(
    person_id: str, hospital: Establishment, services: Services
) -> None:
    assert person_id
    today = datetime.now(UTC).date().isoformat()
    url = f"{services.notifications}/v1/reconciliation/obligations"

    def audited() -> dict[str, Any] | None:
        answer = hospital.get(url, since=today, until=today).json()
        tally: dict[str, Any] = next(iter(answer["tallies"]), {})
        return tally if tally.get("due") and not tally["unaudited"] else None

    tally = eventually(audited)
    assert tally["establishment"] == "750000002"
    assert tally["informed"] >= 1
    assert tally["unexplained"] == tally["told_without_right"] == tally["repaired"] == 0


def test_the_pathway_spans_both_establishments(
    person_id: str, hospital: Establishment, services: Services
) -> None:
    pathway = hospital.get(f"{services.pathway}/v1/persons/{person_id}/pathway").json()
    assert {stay["establishment"] for stay in pathway["stays"]} == {"750000002", "940000045"}


def test_occupancy_counts_the_person_while_present(hospital: Establishment, services: Services) -> None:
    before = datetime.now(UTC).isoformat()
    hospital.post_movement(hospital.movement("admission", f"{PERSON}-2"))
    today = datetime.now(ZoneInfo("Europe/Paris")).date().isoformat()
    url = f"{services.indicators}/v1/indicators/occupancy"

    def present(as_of: str | None = None) -> int:
        moment = {"as_of": as_of} if as_of else {}
        answer = hospital.get(url, **{"from": today, "to": today}, **moment).json()
        return int(answer["days"][0]["value"] or 0)

    assert eventually(lambda: present() - present(as_of=before)) == 1
    csv = hospital.get(url, **{"from": today, "to": today, "format": "csv"})
    assert csv.headers["content-type"].startswith("text/csv")


def test_a_stranger_gets_the_same_answer_as_for_a_person_who_does_not_exist(
    person_id: str, services: Services, stranger: Establishment
) -> None:
    theirs = stranger.get(f"{services.pathway}/v1/persons/{person_id}/pathway")
    nobody = stranger.get(f"{services.pathway}/v1/persons/{uuid.uuid4()}/pathway")
    assert theirs.status_code == nobody.status_code == httpx.codes.NOT_FOUND
    assert theirs.json() == nobody.json()


def test_whoever_breaks_the_glass_sees_the_pathway_and_the_circle(
    person_id: str, services: Services, stranger: Establishment
) -> None:
    url = f"{services.notifications}/v1/persons/{person_id}/circle"
    assert stranger.get(url).status_code == httpx.codes.NOT_FOUND
    emergency = {
        "person": {"authority": TEST_AUTHORITY, "value": PERSON},
        "by": "Dr Roux",
        "reason": "Found unconscious, next of kin unknown",
    }
    answer = stranger.post(f"{services.admission}/v1/broken-glasses", emergency)
    assert answer.json()["person_id"] == person_id
    carers = eventually(lambda: stranger.get(url).json().get("carers"))
    assert [carer["carer_id"] for carer in carers] == [str(CARER_ID)]
    pathway = eventually(
        lambda: stranger.get(f"{services.pathway}/v1/persons/{person_id}/pathway").json().get("stays")
    )
    assert {stay["establishment"] for stay in pathway} == {"750000002", "940000045"}
