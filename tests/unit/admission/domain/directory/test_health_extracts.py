"""What the extracts of the national health directory say of professionals and mailboxes."""

import pytest

from services.admission.domain.directory.entries import Entry, Mailbox, Practice, Professional
from services.admission.domain.directory.extract import NotAnEntryError, UnknownExtractError
from services.admission.domain.directory.extracts import extract_of
from services.admission.domain.directory.numbers import is_rpps
from tests.unit.admission.domain.directory.extract_lines import (
    MAILBOXES_HEADER,
    PROFESSIONALS_HEADER,
    RPPS,
    SITE,
    mailbox,
    professional,
)

ADDRESS = "camille.durand@medecin.mssante.fr"


def read(header: str, line: str) -> list[Entry]:
    return list(extract_of(header).entries(line))


def test_a_professional_works_in_an_establishment() -> None:
    assert read(PROFESSIONALS_HEADER, professional()) == [
        Professional(
            rpps=RPPS,
            family_name="DURAND",
            given_name="CAMILLE",
            profession="Médecin",
            specialty="Cardiologie et maladies vasculaires",
        ),
        Practice(RPPS, "010000024"),
    ]


def test_a_professional_outside_of_establishments_is_listed_too() -> None:
    [entry] = read(PROFESSIONALS_HEADER, professional(site=""))
    assert isinstance(entry, Professional)


def test_the_names_of_columns_may_be_spelled_otherwise() -> None:
    header = PROFESSIONALS_HEADER.replace("d'exercice", "D\u2019Exercice").replace("Numéro", "NUMERO")
    assert read(header, professional()) == read(PROFESSIONALS_HEADER, professional())


def test_a_number_that_is_no_rpps_is_of_no_concern() -> None:
    assert read(PROFESSIONALS_HEADER, professional("749300123", kind="0")) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (professional("10100000006"), "wrong key"),
        (professional("810100000008"), "11 digits"),
        (professional(name=""), "no name"),
        (professional() + "|a|b|c", "fields where"),
    ],
)
def test_a_line_that_states_no_professional_says_why(line: str, reason: str) -> None:
    with pytest.raises(NotAnEntryError, match=reason) as refused:
        read(PROFESSIONALS_HEADER, line)
    assert "DURAND" not in str(refused.value)


def test_a_number_of_a_professional_has_a_key() -> None:
    assert is_rpps(RPPS)
    assert not any(is_rpps(RPPS[:-1] + digit) for digit in "012345679")
    assert not is_rpps("1010000000")
    assert not is_rpps("1010000000a")


def test_a_personal_mailbox_is_a_professionals() -> None:
    line = mailbox("PER", ADDRESS.upper(), rpps=RPPS)
    assert read(MAILBOXES_HEADER, line) == [Mailbox(RPPS, ADDRESS, "personal")]


@pytest.mark.parametrize("structure", ["010000024", "1010000024"])
@pytest.mark.parametrize(("kind", "meant"), [("ORG", "organisation"), ("APP", "application")])
def test_other_mailboxes_are_an_establishments(kind: str, meant: str, structure: str) -> None:
    line = mailbox(kind, "urgences@ch.mssante.fr", structure=structure, service="Urgences")
    [entry] = read(MAILBOXES_HEADER, line)
    assert entry == Mailbox("010000024", "urgences@ch.mssante.fr", meant, "Urgences")  # type: ignore[arg-type]


def test_a_mailbox_that_nobody_known_holds_is_of_no_concern() -> None:
    assert read(MAILBOXES_HEADER, mailbox("PER", ADDRESS, structure="010000024")) == []
    assert read(MAILBOXES_HEADER, mailbox("ORG", ADDRESS, structure="26010004500012")) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (mailbox("XYZ", ADDRESS, rpps=RPPS), "unknown type"),
        (mailbox("PER", "no address", rpps=RPPS), "address"),
        (mailbox("PER", ADDRESS, rpps="10100000006"), "wrong key"),
        ("PER|" + ADDRESS, "fields where"),
    ],
)
def test_a_line_that_states_no_mailbox_says_why(line: str, reason: str) -> None:
    with pytest.raises(NotAnEntryError, match=reason):
        read(MAILBOXES_HEADER, line)


def test_an_extract_is_recognised_by_its_first_line() -> None:
    kinds = [extract_of(line).kind for line in (SITE, PROFESSIONALS_HEADER, MAILBOXES_HEADER)]
    assert kinds == ["finess", "professionals", "mailboxes"]
    for line in ("", "a;b;c", "Nom|Prénom", "<html>"):
        with pytest.raises(UnknownExtractError):
            extract_of(line)
