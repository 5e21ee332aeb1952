"""Reads the FINESS extract of open data: legal entities (cs1100501) and sites (cs1100502, cs1100507).

Fields are separated by semicolons and may be quoted; the first one says what a line is: `structureej`,
`structureet`, or something of no concern here (`finess`, the file's own line; `geolocalisation`).
"""

import csv
from collections.abc import Iterable
from typing import ClassVar, Final

from services.admission.domain.directory.entries import Establishment, Level
from services.admission.domain.directory.extract import NotAnEntryError, named
from services.admission.domain.directory.numbers import is_finess
from services.admission.domain.directory.territories import commune_code, time_zone_of

_SITE: Final = (
    "structureet,finess,legal_entity,rs,rslongue,complrs,compldistrib,numvoie,typvoie,voie,compvoie,lieuditbp,"
    "commune,departement,libdepartement,ligneacheminement,telephone,telecopie,categetab,libcategetab"
)
_LEGAL_ENTITY: Final = (
    "structureej,finess,rs,rslongue,complrs,numvoie,typvoie,voie,compvoie,compldistrib,lieuditbp,commune,"
    "ligneacheminement,departement,libdepartement,telephone,statutjuridique,libstatutjuridique,categetab,"
    "libcategetab"
)
_LEVELS: Final[dict[str, Level]] = {"structureej": "legal_entity", "structureet": "site"}
_COLUMNS: Final = {
    columns.partition(",")[0]: {name: place for place, name in enumerate(columns.split(","))}
    for columns in (_SITE, _LEGAL_ENTITY)
}
_LONGEST_NAME: Final = 200


class FinessExtract:
    """Establishments of both levels."""

    kind: ClassVar[str] = "finess"
    names_columns: ClassVar[bool] = False

    def entries(self, line: str) -> Iterable[Establishment]:
        """See `Extract`."""
        record = line.partition(";")[0].strip('"')
        if record not in _LEVELS:
            return ()
        try:
            [fields] = csv.reader([line], delimiter=";", strict=True)
        except (csv.Error, ValueError):
            raise NotAnEntryError("the quotes of the line do not match") from None
        if len(fields) < len(_COLUMNS[record]):
            raise NotAnEntryError(f"{len(fields)} fields where at least {len(_COLUMNS[record])} are expected")
        return (_establishment(record, fields),)


def _establishment(record: str, fields: list[str]) -> Establishment:
    columns = _COLUMNS[record]
    finess, name = named(columns, fields, "finess"), _name(columns, fields)
    legal_entity = named(columns, fields, "legal_entity") or None
    for number in (finess, legal_entity):
        if number is not None and not is_finess(number):
            raise NotAnEntryError("a FINESS number has not 9 characters, or a wrong key")
    if not name:
        raise NotAnEntryError("the establishment has no name")
    town, department = named(columns, fields, "ligneacheminement"), named(columns, fields, "departement")
    return Establishment(
        finess=finess,
        level=_LEVELS[record],
        legal_entity=legal_entity,
        name=name,
        category=named(columns, fields, "categetab") or None,
        kind=named(columns, fields, "libcategetab") or None,
        commune=commune_code(department=department, commune=named(columns, fields, "commune")),
        town=town or None,
        time_zone=time_zone_of(postal_code=town[:5], department=department),
        phone=named(columns, fields, "telephone") or None,
    )


def _name(columns: dict[str, int], fields: list[str]) -> str:
    name = named(columns, fields, "rslongue") or named(columns, fields, "rs")
    return " ".join(name.split())[:_LONGEST_NAME]
