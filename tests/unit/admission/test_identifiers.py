"""Two spellings of one number are one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.authorities import INS_NIA, INS_NIR, INS_TEST
from services.admission.domain.checks import check_identifier
from services.admission.domain.identifiers import (
    NotAnInsError,
    Number,
    former_number,
    ins_key,
    is_ins,
    is_qualified_ins,
    normalised,
    read_authority,
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
        (f"oid:{INS_NIR}", "255081416802538"),
        (f"OID.{INS_NIR}", "255081416802538"),
        (f"{INS_NIR}&ISO", "255081416802538"),
        (f"&{INS_NIR}&ISO", "255081416802538"),
        (f"INS-NIR&{INS_NIR}", "255081416802538"),
        (f"ASIP-SANTE-INS-NIR & {INS_NIR} & ISO", "255081416802538"),
        (f"INS-NIR\uff06{INS_NIR}\uff06ISO", "255081416802538"),
        ("1.2.250.1.213.1.4.08", "255081416802538"),
        ("INS-NIR", "255081416802538"),
        ("asip-sante-ins-nir", "255081416802538"),
    ],
)
def test_many_spellings_of_an_ins_are_one_number(authority: str, value: str) -> None:
    assert normalised(authority, value) == INS


@pytest.mark.parametrize(
    "authority",
    [
        f"INS-NIR&{INS_NIR}&L",
        f"INS-NIR^{INS_NIR}^ISO",
        "INS-NIR&1.2.3.4&ISO",
        "INS-NIR&ISO",
        f"{INS_NIR}.",
        f"OID {INS_NIR}, INSEE",
        f"{INS_TEST}&{INS_NIR}&X",
    ],
)
def test_where_an_ins_is_named_in_an_unknown_form_nobody_guesses(authority: str) -> None:
    assert not read_authority(authority).is_readable
    stated = Identifier(authority=authority, value="255081416802538")
    assert [one.pointer for one in check_identifier(stated, "/1")] == ["/1/authority"]


@pytest.mark.parametrize("type_", ["INS", "ins-nir"])
def test_what_is_meant_as_an_ins_is_no_local_number(type_: str) -> None:
    stated = Identifier(authority="IPP", value="255081416802538", type=type_)
    assert [one.pointer for one in check_identifier(stated, "/1")] == ["/1/authority"]


@pytest.mark.parametrize(
    ("authority", "read"),
    [
        ("CHU-X&1.2.3.4&ISO", "1.2.3.4"),
        ("CHU X & 750000002 & M", "chu x & 750000002 & m"),
        (f"{INS_NIR}.7", f"{INS_NIR}.7"),
        ("insulin-nir", "insulin-nir"),
    ],
)
def test_any_other_authority_is_read_and_local(authority: str, read: str) -> None:
    assert read_authority(authority) == (read, True)
    assert list(check_identifier(Identifier(authority=authority, value="1001"), "/1")) == []


def test_a_number_is_also_looked_for_as_it_was_written_before_its_authority_was_read() -> None:
    assert former_number(f"INS-NIR&{INS_NIR}&ISO", " 2 55") == (f"ins-nir&{INS_NIR}&iso", "255")
    assert former_number(f"urn:oid:{INS_NIR}", "1") is former_number("CHU  Nord", "1") is None


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


_PARTS = st.sampled_from(["ins-nir", INS_NIR, "&", "^", "iso", "ISO", " ", "urn:oid:", "oid.", "1.2.03", "É"])


@given(st.lists(_PARTS, min_size=1, max_size=6).map("".join))
def test_reading_an_authority_again_changes_nothing(authority: str) -> None:
    once = read_authority(authority)
    assert read_authority(once.name) == once


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
