"""An offer says the same as HL7 v2 and as JSON, and its answers are read as they are meant."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.admission.api.hl7v2.door import NOT_NOW, TOO_LONG
from services.admission.api.hl7v2.stating import CONFLICT
from services.admission.domain.adt.dialect import STANDARD
from services.admission.domain.adt.read import read_adt
from services.admission.domain.adt.reading import Sender
from services.admission.domain.hl7v2.acknowledgement import Answer, acknowledge, verdict_on
from services.admission.domain.hl7v2.parse import header_of, parse
from tests.continuity.load.hl7v2.messages import acknowledgement_in, adt_of
from tests.continuity.load.offers import AUTHORITY, Offer
from tests.continuity.load.plan import load_of

BASE: Final = datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=UTC)


def _offers() -> Iterator[Offer]:
    load = load_of(3, n=1500, run="3", base=BASE)
    yield from (*load.first, *load.then)
    for script in load.scripts:
        yield from script.offers


def _read(offer: Offer) -> dict[str, Any]:
    """What the door makes of it."""
    sender = Sender(
        establishment=offer.establishment,
        zone=ZoneInfo("Europe/Paris"),
        received_at=BASE,
        dialect=STANDARD,
        takes_tests=True,
    )
    reading = read_adt(parse(adt_of(offer)), sender)
    assert reading.findings == ()
    [statement] = reading.statements
    return statement.body


def _comparable(body: Mapping[str, Any]) -> dict[str, Any]:
    """Moments as such, numbers in any order and without their type, which JSON leaves out."""
    person = dict(body["person"])
    person["identifiers"] = sorted(
        (each["authority"], each["value"])
        for each in person["identifiers"]
        # Only of a validated identity does HL7 v2 pass an INS on (RNIV).
        if person.get("identity_status") != "provisional" or each["authority"] != AUTHORITY
    )
    moments = {name: _moment(body[name]) for name in ("occurred_at", "emitted_at")}
    return {**body, "person": person, **moments}


def _moment(said: Any) -> datetime:
    return said if isinstance(said, datetime) else datetime.fromisoformat(said)


def test_a_movement_says_as_adt_what_it_says_as_json() -> None:
    offers = list(_offers())
    assert {(each.body["action"], each.body["kind"]) for each in offers} > {
        ("update", "transfer"),
        ("cancel", "discharge"),
    }
    for offer in offers:
        assert _comparable(_read(offer)) == _comparable(offer.body)


def test_a_third_comes_as_hl7_whatever_is_sent_again_alike() -> None:
    offers = list(_offers())
    assert 0.3 < sum(each.is_hl7 for each in offers) / len(offers) < 0.37
    assert all(each.is_hl7 == each.contradicted().is_hl7 for each in offers)
    assert {each.wants_accept_acknowledgement for each in offers if each.is_hl7} == {True, False}


def test_an_acknowledgement_is_read_as_it_is_meant() -> None:
    for offer in list(_offers())[:20]:
        header = header_of(adt_of(offer))
        for findings in ((), (CONFLICT,), (NOT_NOW,), (TOO_LONG,)):
            answer = Answer(verdict=verdict_on(findings), findings=findings, control_id="1", at=BASE)
            read = acknowledgement_in(acknowledge(header, answer).encode())
            assert (read.verdict, read.control_id) == (answer.verdict, offer.id)
            assert read.is_conflict == (CONFLICT in findings)
