"""What a line of the FINESS extract says of an establishment."""

import pytest

from services.admission.domain.directory.entries import Establishment
from services.admission.domain.directory.extract import NotAnEntryError, decoded
from services.admission.domain.directory.finess_extract import FinessExtract
from tests.unit.admission.domain.directory.extract_lines import (
    LEGAL_ENTITY,
    QUOTED_SITE,
    SITE,
    SITE_OF_LA_REUNION,
)


def read(line: str) -> Establishment:
    [establishment] = FinessExtract().entries(line)
    return establishment


def test_a_site_names_its_legal_entity() -> None:
    assert read(SITE) == Establishment(
        finess="010000024",
        level="site",
        legal_entity="010780054",
        name="CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT",
        category="355",
        kind="Centre Hospitalier (C.H.)",
        commune="01451",
        town="01440 VIRIAT",
        time_zone="Europe/Paris",
        phone="0474454647",
    )


def test_a_legal_entity_has_its_columns_in_another_order() -> None:
    entity = read(LEGAL_ENTITY)
    assert (entity.finess, entity.level, entity.legal_entity) == ("010780054", "legal_entity", None)
    assert (entity.name, entity.town) == (
        "CENTRE HOSPITALIER DE BOURG-EN-BRESSE",
        "01012 BOURG EN BRESSE CEDEX",
    )
    assert (entity.kind, entity.phone) == ("Centre Hospitalier (C.H.)", "0474454647")


def test_overseas_has_its_own_time_and_commune() -> None:
    there = read(SITE_OF_LA_REUNION)
    assert (there.time_zone, there.commune) == ("Indian/Reunion", "97411")
    mayotte = read(QUOTED_SITE)
    assert (mayotte.time_zone, mayotte.commune) == ("Indian/Mayotte", "97606")


def test_quotes_hold_quotes_and_semicolons() -> None:
    assert read(QUOTED_SITE).name == 'LIEU DE VIE "MAVOUNA; MEMA 1"'


def test_other_lines_of_the_file_are_of_no_concern() -> None:
    for line in (
        "finess;etalab;111;2026-05-12",
        "geolocalisation;010000024;882538.9;6542885.8;1",
        "anything",
    ):
        assert list(FinessExtract().entries(line)) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (SITE.replace("010000024", "010000025"), "wrong key"),
        (SITE.replace("010780054", "010780055"), "wrong key"),
        (SITE.replace("010000024", "10000024"), "wrong key"),
        (SITE[:60], "fields where at least 20 are expected"),
        (
            SITE.replace("CH DE FLEYRIAT", "").replace("CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT", " "),
            "no name",
        ),
        ('structureet;"010000024;010780054', "quotes"),
    ],
)
def test_a_line_that_states_no_establishment_says_why(line: str, reason: str) -> None:
    with pytest.raises(NotAnEntryError, match=reason):
        read(line)


def test_older_files_are_windows_1252_and_newer_ones_may_begin_with_a_mark() -> None:
    assert decoded("Régional".encode("cp1252")) == decoded("Régional".encode("utf-8-sig")) == "Régional"
