"""Two spellings of one number are one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.authorities import INS_NIA, INS_NIR, INS_TEST
from services.admission.domain.identifiers import (
    NotAnInsError,
    Number,
    ins_key,
    is_ins,
    is_qualified_ins,
    normalised,
)
from services.admission.domain.movement import Identifier, IdentityAttribute, IdentityStatus, Person

INS = Number(INS_NIR, "255081416802538")


@pytest.mark.parametrize(
    ("authority", "value"),
    [
        (INS_NIR, "255081416802538"),
        (INS_NIR, "2550814168025"),
        (INS_NIR, "2 55 08 14 168 025 38"),
        (INS_NIR, "2\u00a055\u00a008\u00a014\u202f168\u202f025\u00a038"),
        (INS_NIR, "2.55.08.14.168.025.38"),
        (INS_NIR, "\ufeff2550814168025\u200b38\u00ad"),
        (INS_NIR, "\uff12\uff15\uff15081416802538"),
        (f"urn:oid:{INS_NIR}", "255081416802538"),
        (f" URN:OID:{INS_NIR}\t", "255081416802538 "),
    ],
)
def test_eight_spellings_of_an_ins_are_one_number(authority: str, value: str) -> None:
    assert normalised(authority, value) == INS


def test_corsica_is_written_in_letters_and_counted_in_digits() -> None:
    assert normalised(INS_NIR, "2 55 08 2a 168 025") == normalised(
        INS_NIR, f"255082A168025{ins_key('255082A168025')}"
    )
    assert ins_key("255082A168025") == ins_key("2550819168025")
    assert ins_key("255082B168025") == ins_key("2550818168025")


def test_a_published_number_has_the_key_that_is_computed() -> None:
    assert normalised(INS_NIA, "2600588154002").value == "260058815400233"  # RNIV volet 1


@pytest.mark.parametrize("value", ["IPP-1", "25508141680253", "2550814168025380", "255082C168025", "abc"])
def test_what_cannot_be_an_ins_is_refused_without_quoting_it(value: str) -> None:
    with pytest.raises(NotAnInsError) as refused:
        normalised(INS_NIR, value)
    assert value not in str(refused.value)
    assert normalised(INS_TEST, value).value == value.upper()


@pytest.mark.parametrize("value", ["000000000000000", "9999999999999", "099999999999999"])
def test_a_filler_is_nobodys_ins(value: str) -> None:
    number = normalised(INS_NIR, value)
    assert not is_ins(number)
    assert not is_qualified_ins(number, Person(identifiers=(), identity_status="qualified"))


def test_what_nobody_sees_is_not_compared_but_makes_no_empty_number() -> None:
    assert normalised("ipp", "IPP-1\u200b") == normalised("ipp", "IPP-1")
    assert normalised("ipp", "\u200b").value


def test_a_wrong_key_is_another_number() -> None:
    assert normalised(INS_NIR, "255081416802539") != INS


def test_a_local_number_keeps_its_punctuation_and_no_spaces_or_case() -> None:
    assert normalised("CHU  Nord", "ipp 10.01") == normalised("chu\u00a0nord", "IPP10.01")
    assert normalised("CHU Nord", "10.01") != normalised("CHU Nord", "1001")
    assert normalised("CHU Nord", "1001") != normalised("CHU Sud", "1001")


@given(st.sampled_from([INS_NIR, INS_TEST, "CHU Nord", "urn:oid:1.2.3"]), st.text(min_size=1, max_size=40))
def test_normalising_again_changes_nothing(authority: str, value: str) -> None:
    try:
        once = normalised(authority, value)
    except NotAnInsError:
        return
    assert normalised(*once) == once


@pytest.mark.parametrize(
    ("authority", "status", "attributes", "qualified"),
    [
        (INS_NIR, "qualified", (), True),
        (INS_NIA, "qualified", ("homonym",), True),
        (INS_NIR, "qualified", ("doubtful",), False),
        (INS_NIR, "validated", (), False),
        (INS_NIR, "retrieved", (), False),
        (INS_NIR, "provisional", (), False),
        (INS_NIR, None, (), False),
        (INS_TEST, None, (), True),
        (INS_TEST, "provisional", (), False),
        (INS_TEST, None, ("fictive",), False),
        ("1.2.250.1.213.1.4.2", "qualified", (), False),
        ("ipp", "qualified", (), False),
    ],
)
def test_only_a_qualified_ins_means_the_same_person_elsewhere(
    authority: str,
    status: IdentityStatus | None,
    attributes: tuple[IdentityAttribute, ...],
    qualified: bool,
) -> None:
    person = Person(
        identifiers=(Identifier(authority=authority, value="1"),),
        identity_status=status,
        identity_attributes=attributes,
    )
    assert is_qualified_ins(Number(authority, "1"), person) is qualified
