"""All that is wrong with the body of a request on the circle is named at once."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifications.api.parse import parse_carer, parse_professional
from services.notifications.domain.circle.members import Contact
from shared.web.problems import Problem

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
CONSENT = {"given_at": "2026-11-01T10:00:00+01:00", "proof": {"kind": "written", "reference": "C-1"}}
CARER: dict[str, Any] = {
    "alias": "Mamie",
    "channels": [
        {"medium": "sms", "address": "06 39 98 00 01"},
        {"medium": "email", "address": "Proche@Exemple.fr"},
    ],
    "language": "fr",
    "night": True,
    "consent": CONSENT,
}


def _pointers(refused: pytest.ExceptionInfo[Problem]) -> list[str]:
    assert refused.value.status_code == 422
    return sorted(error.pointer for error in refused.value.errors)


def test_a_carer_gets_canonical_contacts_in_the_order_of_the_list() -> None:
    carer = parse_carer(msgspec.json.encode(CARER), now=NOW)
    assert carer.contacts == (
        Contact(channel="sms", value="+33639980001"),
        Contact(channel="email", value="Proche@exemple.fr"),
    )
    assert carer.preferences.channels == ("sms", "email")
    assert (carer.preferences.night, carer.preferences.discretion, carer.basis) == (True, 2, "consent")
    assert carer.consent.proof_reference == "C-1"


def test_a_stated_order_goes_before_the_order_of_the_list() -> None:
    channels = [
        {"medium": "sms", "address": "0639980001", "order": 2},
        {"medium": "email", "address": "proche@exemple.fr", "order": 1},
    ]
    carer = parse_carer(msgspec.json.encode({**CARER, "channels": channels}), now=NOW)
    assert carer.preferences.channels == ("email", "sms")


def test_an_alias_typed_with_split_accents_is_the_same_alias() -> None:
    carer = parse_carer(msgspec.json.encode({**CARER, "alias": "Fran\u0063\u0327oise"}), now=NOW)
    assert carer.alias == "Françoise"


def test_all_problems_of_form_and_of_sense_are_told_at_once() -> None:
    body = {
        "alias": "exemple.fr",
        "channels": [
            {"medium": "sms", "address": "01 42 68 53 00"},
            {"medium": "sms", "address": "nobody"},
            {"medium": "email", "address": "nobody"},
        ],
        "night": "yes",
        "discretion": 7,
        "consent": {
            "given_at": (NOW + timedelta(days=1)).isoformat(),
            "proof": {"kind": "written", "reference": "C-1"},
        },
    }
    with pytest.raises(Problem) as refused:
        parse_carer(msgspec.json.encode(body), now=NOW)
    assert _pointers(refused) == [
        "/alias",
        "/channels",
        "/channels/0/address",
        "/channels/1/address",
        "/channels/1/medium",
        "/channels/2/address",
        "/consent/given_at",
        "/discretion",
        "/night",
    ]
    assert "nobody" not in str([error.detail for error in refused.value.errors])


def test_a_carer_needs_an_alias_a_channel_and_a_consent() -> None:
    with pytest.raises(Problem) as refused:
        parse_carer(b'{"channels": []}', now=NOW)
    details = str(refused.value.errors)
    assert all(name in details for name in ("alias", "consent", "/channels"))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff", b"[" * 5000, b"null"])
def test_what_is_no_object_is_refused_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        parse_carer(body, now=NOW)
    assert refused.value.status_code == 422


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*CARER, "medium"]), inner),
    max_leaves=8,
)


@example(changed={"channels": [{"medium": []}, {"medium": {}}]})
@given(changed=st.dictionaries(st.sampled_from(list(CARER)), _json))
def test_no_body_is_our_fault(changed: dict[str, Any]) -> None:
    with contextlib.suppress(Problem):
        parse_carer(msgspec.json.encode({**CARER, **changed}), now=NOW)


def test_a_desk_needs_an_address_and_is_of_the_team_unless_consent_says_otherwise() -> None:
    engine = parse_professional(b'{"email": "accueil@ehpad.exemple.fr"}', now=NOW)
    assert engine.contacts == (Contact(channel="email", value="accueil@ehpad.exemple.fr"),)
    assert (engine.basis, engine.consent) == ("team", None)
    outside = {"email": "accueil@ehpad.exemple.fr", "basis": "consent", "consent": CONSENT}
    assert parse_professional(msgspec.json.encode(outside), now=NOW).consent is not None


def test_an_establishment_outside_the_team_needs_a_consent() -> None:
    with pytest.raises(Problem) as refused:
        parse_professional(b'{"email": "nobody", "basis": "consent"}', now=NOW)
    assert _pointers(refused) == ["/consent", "/email"]
