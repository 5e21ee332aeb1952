"""Which aliases, numbers and addresses a circle takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.circle import addresses, alias
from services.notifications.domain.wording import sms


@pytest.mark.parametrize("word", ["Mamie", "Papa", "Tonton Jean", "Jean-Paul", "L'oncle", "Françoise", "Zoë"])
def test_an_ordinary_alias_is_taken(word: str) -> None:
    assert alias.problem(word) is None


@pytest.mark.parametrize(
    "word",
    [
        "",
        " Mamie",
        "M" * 21,
        "œ" * 11,
        "exemple.fr",
        "a/b",
        "Mamie\n",
        "ماما",
        "<b>",
        "1€",
        "👵",
        "Papi 2",
        "06 39 98 12 34",
    ],
)
def test_an_alias_that_could_break_or_forge_a_message_is_refused(word: str) -> None:
    assert alias.problem(word) is not None


@given(word=st.text(max_size=30))
def test_whatever_is_taken_fits_and_is_gsm7_on_the_air(word: str) -> None:
    if alias.problem(word) is None:
        septets = sms.septets(sms.folded(word))
        assert septets is not None
        assert septets <= alias.LONGEST


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("06 39 98 12 34", "+33639981234"),
        ("+33639981234", "+33639981234"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("0690 12 34 56", "+590690123456"),
        ("0694 20 12 34", "+594694201234"),
        ("0696 20 12 34", "+596696201234"),
        ("0692 12 34 56", "+262692123456"),
        ("0639 20 12 34", "+262639201234"),
        ("+262 639 20 12 34", "+262639201234"),
        ("+32 470 12 34 56", "+32470123456"),
        ("07 09 00 12 34", "+590709001234"),
        ("07 09 12 12 34", "+596709121234"),
        ("07 09 20 12 34", "+262709201234"),
        ("+33 7 09 20 12 34", "+262709201234"),
        ("07 09 31 12 34", "+594709311234"),
        ("07 09 35 12 34", "+262709351234"),
        ("07 08 40 12 34", "+508708401234"),
        ("0508 55 12 34", "+508551234"),
        ("+687 75 12 34", "+687751234"),
        ("00689 87 12 34 56", "+68987123456"),
        ("+681 82 12 34", "+681821234"),
    ],
)
def test_a_mobile_number_of_any_french_territory_gets_one_form(written: str, expected: str) -> None:
    assert addresses.e164(written) == expected
    assert addresses.e164(expected) == expected


@pytest.mark.parametrize(
    "written",
    [
        *("061234dgfs", "06 12 DUPONT", "06 12 34 56 78 x3", "06 12 34 56 78#12", "0612345678,,1"),
        *("0612345678;ext=4", "tel 0612345678", "*31#0612345678", "١٢٣ abc"),
    ],
)
def test_a_number_with_more_than_digits_is_nobodys(written: str) -> None:
    with pytest.raises(addresses.NotReachableError):
        addresses.e164(written)


@pytest.mark.parametrize(
    "written",
    [
        "tel:+33-6-12-34-56-78",
        "06.12.34.56.78",
        "06\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}34 56 78",
        "+33 (0)6 12 34 56 78",
    ],
)
def test_a_number_may_be_parted_in_any_way(written: str) -> None:
    assert addresses.e164(written) == "+33612345678"


def test_a_domain_with_accents_is_written_to_in_its_ascii_form() -> None:
    assert addresses.canonical_email("claire@Exemplé.fr") == "claire@xn--exempl-gva.fr"
    with pytest.raises(addresses.NotAnAddressError):
        addresses.canonical_email("claire@-é.fr")


@pytest.mark.parametrize(
    "written",
    ["+881 6 1234 5678", "+870 77 312 3456", "+882 16 1234 5678", "+1 809 555 1234", "+212 650 12 34 56"],
)
def test_satellites_and_dear_countries_are_refused_until_they_are_set(written: str) -> None:
    with pytest.raises(addresses.NotReachableError):
        addresses.e164(written)


def test_another_country_is_taken_where_it_is_set() -> None:
    taken = addresses.e164("+212 650 12 34 56", countries={*addresses.SMS_COUNTRIES, "MA"})
    assert taken == "+212650123456"


@pytest.mark.parametrize("premium", ["0899 70 12 34", "3200", "+33 899 70 12 34", "+44 909 879 0123"])
def test_a_number_that_earns_from_its_callers_is_refused(premium: str) -> None:
    with pytest.raises(addresses.NotReachableError):
        addresses.e164(premium)


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+33612345678", "Europe/Paris"),
        ("+262692123456", "Indian/Reunion"),
        ("+262639201234", "Indian/Mayotte"),
        ("+590690123456", "America/Guadeloupe"),
        ("+596696201234", "America/Martinique"),
        ("+594694201234", "America/Cayenne"),
        ("+508551234", "America/Miquelon"),
        ("+687751234", "Pacific/Noumea"),
        ("+68987123456", "Pacific/Tahiti"),
        ("+681821234", "Pacific/Wallis"),
        ("+79261234567", None),
    ],
)
def test_a_number_is_in_a_time_zone(number: str, zone: str | None) -> None:
    assert addresses.zone_of(number) == zone


@pytest.mark.parametrize(
    "written", ["75 12 34", "01 42 68 53 00", "112", "3639", "abc", "", "06 39 98 12", "+33 6", "0" * 40]
)
def test_what_an_sms_does_not_reach_is_refused_without_being_quoted(written: str) -> None:
    with pytest.raises(addresses.NotReachableError) as refused:
        addresses.e164(written)
    assert not written or written not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a@b.fr", "a@b.fr"),
        ("Anne.B+parcours@Exemple.FR", "Anne.B+parcours@exemple.fr"),
        ("o'neil@b.fr", "o'neil@b.fr"),
    ],
)
def test_an_address_keeps_its_box_and_lowers_its_domain(written: str, expected: str) -> None:
    assert addresses.canonical_email(written) == expected


@pytest.mark.parametrize(
    "written",
    ["", "x", "a@b", "@b.fr", "a@", "a b@c.fr", "a@b.fr,c@d.fr", "<a@b.fr>", "a@b.fr\nBcc: c@d.fr", "é@b.fr",
     '"a.b"@c.fr', '"a b"@c.fr', "a(b)@c.fr", "a@b..fr", "a@[127.0.0.1]", "a" * 250 + "@b.fr", "a@b.fr\0"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(written: str) -> None:
    with pytest.raises(addresses.NotAnAddressError):
        addresses.canonical_email(written)


@given(written=st.text(max_size=60))
def test_no_address_can_add_a_header(written: str) -> None:
    try:
        taken = addresses.canonical_email(written)
    except addresses.NotAnAddressError:
        return
    assert taken.isprintable()
    assert addresses.canonical_email(taken) == taken
