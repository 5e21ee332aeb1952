"""Reads what a message says of a stay: its number, the unit, the class, where from and where to."""

import re
from hashlib import sha256
from typing import Any, Final, get_args

from services.admission.domain.adt.clock import planned_day
from services.admission.domain.adt.dialect import CLASSES, DISPOSITIONS, MODES, NO_CLASS, Dialect
from services.admission.domain.adt.person import is_own, named_authority
from services.admission.domain.adt.reading import Findings, Group, cleaned
from services.admission.domain.adt.responsibility import RESPONSIBLE, responsibility
from services.admission.domain.hl7v2.message import Place, Value
from services.admission.domain.movement import Kind
from shared.events.admission import TrackedKind

_FINESS: Final = re.compile(r"[0-9][0-9AB][0-9]{7}")
_UNIT, _CLASS, _ORIGIN_STATUS, _DISPOSITION, _DISCHARGED_TO = 3, 2, 14, 36, 37
_FOR_A_WHILE: Final = 11
_TRACKED: Final = frozenset[str](get_args(TrackedKind))
_DIED: Final = 30


def stay_number(group: Group, dialect: Dialect) -> tuple[str, Place] | None:
    """The number of the stay, with its authority where it has one: the same value under two is two stays."""
    for place in dialect.stay_numbers:
        segment, _, field = place.partition("-")
        if not field.isdigit():
            continue
        value = group.first(segment).value(int(field))
        number = cleaned(value.text())
        if number:
            return with_authority(number, value, dialect), Place(segment, int(field))
    return None


def with_authority(number: str, value: Value, dialect: Dialect) -> str:
    """The number of a stay; it is the same under each name that the dialect has for its authority."""
    authority = named_authority(value, dialect)
    return f"{number}^{authority}" if authority else number


def planned_stay_number(group: Group, person: dict[str, Any]) -> tuple[str, Place] | None:
    """Of a stay that has no number yet: that of the pre-admission or, without one, the person's of that day.

    Where no day is said either, nobody could tell one plan of a person from another, unless ZBE-1 does.
    """
    number = cleaned(group.text("PV1-5"))
    if number:
        return number, Place("PV1", 5)
    identifiers, day = person.get("identifiers") or (), planned_day(group)
    if not identifiers or not (day or group.text("ZBE-1")):
        return None
    # A cancel may list the numbers in another order.
    first = min(identifiers, key=lambda each: (not is_own(each), each["authority"], each["value"]))
    whose = f"{first['authority']}|{first['value']}|{day}"
    return f"next/{sha256(whose.encode()).hexdigest()[:24]}", Place("PID", 3)


def visit_fields(
    group: Group, kind: Kind, dialect: Dialect, findings: Findings, places: dict[str, Place]
) -> dict[str, Any]:
    """The optional fields that the message states: one that is deleted is `None`, an absent one is absent."""
    stated: dict[str, Any] = {}
    if kind in RESPONSIBLE:
        stated |= responsibility(group, kind, dialect, findings, places)
    if kind == "change_of_responsibility":
        return stated
    pv1 = group.first("PV1")
    unit, unit_place = _unit(group, is_tracked=kind in _TRACKED)
    if pv1.deletes(_UNIT):
        stated["unit"] = None
    elif unit:
        stated["unit"] = dialect.units.get(unit, unit)
    places["/unit"] = unit_place
    class_of_stay = cleaned(pv1.text(_CLASS)).upper()
    known = dialect.classes.get(class_of_stay) or CLASSES.get(class_of_stay)
    places["/class_of_stay"] = Place("PV1", _CLASS)
    if pv1.deletes(_CLASS):
        stated["class_of_stay"] = None
    elif known:
        stated["class_of_stay"] = known
    elif class_of_stay not in NO_CLASS:
        findings.warn(
            103,
            "PV1-2 : classe inconnue, ignorée.",
            "PV1-2: an unknown class is left out.",
            Place("PV1", _CLASS),
        )
    if kind == "admission":
        stated |= _origin(group, dialect, places)
    elif kind == "discharge":
        stated |= _destination(group, dialect, places)
    return stated


def _unit(group: Group, *, is_tracked: bool) -> tuple[str, Place]:
    """Where the person lies, or is for a while; who answers for them is another thing (ZBE-7, ZBE-8)."""
    for_a_while = cleaned(group.first("PV1").text(_FOR_A_WHILE)) if is_tracked else ""
    if for_a_while:
        return for_a_while, Place("PV1", _FOR_A_WHILE)
    return cleaned(group.first("PV1").text(_UNIT)), Place("PV1", _UNIT)


def _origin(group: Group, dialect: Dialect, places: dict[str, Place]) -> dict[str, Any]:
    mode = MODES.get(group.text("ZFM-1"))
    establishment = finess_of(group.text("ZFV-1"), dialect)
    places["/origin/establishment"] = Place("ZFV", 1)
    places["/origin"] = Place("ZFM", 1)
    if not (mode or establishment):
        return _deleted(group, "origin", ("ZFM-1", "ZFV-1"))
    if mode == "death":
        return {}
    return {"origin": _place(mode or "transfer", establishment)}


def _destination(group: Group, dialect: Dialect, places: dict[str, Place]) -> dict[str, Any]:
    disposition = cleaned(group.text(f"PV1-{_DISPOSITION}")).upper()
    mode = dialect.dispositions.get(disposition) or MODES.get(group.text("ZFM-2"))
    mode = mode or DISPOSITIONS.get(disposition)
    establishment = finess_of(group.text(f"PV1-{_DISCHARGED_TO}"), dialect)
    places["/destination/establishment"] = Place("PV1", _DISCHARGED_TO)
    places["/destination"] = Place("PV1", _DISPOSITION)
    if group.text(f"PID-{_DIED}").upper() == "Y":
        mode = "death"
        places["/destination"] = Place("PID", _DIED)
    if mode in {"death", "birth"}:
        return {"destination": {"mode": "death"}} if mode == "death" else {}
    if not (mode or establishment):
        return _deleted(group, "destination", (f"PV1-{_DISPOSITION}", f"PV1-{_DISCHARGED_TO}", "ZFM-2"))
    return {"destination": _place(mode or "transfer", establishment)}


def _deleted(group: Group, name: str, places: tuple[str, ...]) -> dict[str, Any]:
    """A place is stated as a whole: it is deleted where a part of it is, and no other is stated."""
    parts = (place.split("-") for place in places)
    return {name: None} if any(group.first(one).deletes(int(field)) for one, field in parts) else {}


def finess_of(text: str, dialect: Dialect) -> str | None:
    """The establishment that a code means: as the dialect says, or because it is a FINESS number."""
    code = cleaned(text)
    if code in dialect.establishments:
        return dialect.establishments[code]
    return code if _FINESS.fullmatch(code) else None


def _place(mode: str, establishment: str | None) -> dict[str, Any]:
    return {"mode": mode} | ({"establishment": establishment} if establishment else {})
