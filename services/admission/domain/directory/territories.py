"""Says in which time zone an establishment is, and under which COG code its commune is listed.

The FINESS extract numbers the overseas departments by letters (9A to 9J); a postal code begins with the
official three digits, and tells territories apart that share a letter.
"""

from typing import Final

METROPOLE: Final = "Europe/Paris"

_ZONES: Final = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
_OF_LETTER: Final = {
    "9A": "971",
    "9B": "972",
    "9C": "973",
    "9D": "974",
    "9E": "975",
    "9F": "976",
    "9J": "986",
}


def time_zone_of(*, postal_code: str, department: str) -> str:
    """The zone of the territory of this address, by its postal code or else its department."""
    territory = postal_code[:3] if postal_code[:3] in _ZONES else _OF_LETTER.get(department, department)
    return _ZONES.get(territory, METROPOLE)


def commune_code(*, department: str, commune: str) -> str | None:
    """The COG code, of a department and a commune as FINESS writes them; None where they are none."""
    if not (commune.isdigit() and department):
        return None
    if department in _OF_LETTER:
        return _OF_LETTER[department][:2] + commune.zfill(3)
    return department.zfill(2) + commune.zfill(3)
