"""Reads who answers for a person: the medical unit, the nursing unit, the attending doctor without a name."""

from typing import Any, Final

from services.admission.domain.adt.dialect import Dialect
from services.admission.domain.adt.reading import Findings, Group, cleaned
from services.admission.domain.directory.numbers import is_rpps
from services.admission.domain.hl7v2.message import Place
from services.admission.domain.movement import Kind

RESPONSIBLE: Final = frozenset[str]({"admission", "transfer", "change_of_responsibility"})
"""The kinds that say who answers for the person from then on."""
_UNITS: Final = (("medical_unit", 7), ("nursing_unit", 8))
_UNIT_CODE: Final = 10
_DOCTOR: Final = 7


def responsibility(
    group: Group, kind: Kind, dialect: Dialect, findings: Findings, places: dict[str, Place]
) -> dict[str, Any]:
    """What ZBE-7, ZBE-8 and PV1-7 say; nothing, where they say nothing that can be told without a name."""
    stated: dict[str, str] = {}
    zbe = group.first("ZBE")
    places["/responsibility"] = Place("PV1", _DOCTOR)
    for name, field in _UNITS:
        unit = cleaned(zbe.text(field, _UNIT_CODE))
        if unit:
            stated[name] = dialect.units.get(unit, unit)
            places[f"/responsibility/{name}"] = Place("ZBE", field, component=_UNIT_CODE)
    doctors = [number for each in group.first("PV1").values(_DOCTOR) if (number := cleaned(each.text()))]
    rpps = next((number for number in doctors if is_rpps(number)), None)
    if rpps is not None:
        stated["attending_doctor"] = rpps
        places["/responsibility/attending_doctor"] = Place("PV1", _DOCTOR)
    elif doctors and kind == "change_of_responsibility":
        findings.warn(
            103,
            "PV1-7 : pas de numéro RPPS ; le médecin n'est pas transmis.",
            "PV1-7: no RPPS number; the doctor is not passed on.",
            Place("PV1", _DOCTOR),
        )
    return {"responsibility": stated} if stated else {}
