"""Reads whom a message is about: numbers with their authorities, traits, and how far both may be trusted."""

from collections.abc import Iterator
from typing import Any, Final

from services.admission.domain.adt.dialect import Dialect
from services.admission.domain.adt.reading import Findings, Group, cleaned
from services.admission.domain.authorities import INS
from services.admission.domain.checks import YEARS
from services.admission.domain.hl7v2.message import Place, Segment, Value
from services.admission.domain.hl7v2.moments import written
from services.admission.domain.identifiers import normalised_authority

UNNAMED: Final = "unnamed"
"""The authority of numbers that come without one: the sender's own."""

_AUTHORITY, _TYPE = 4, 5
_NUMBERS, _FORMER_NUMBERS, _NAMES, _BORN, _SEX, _ADDRESSES, _STATUS = 3, 2, 5, 7, 8, 11, 32
_OWN_TYPES: Final = frozenset({"PI", "MR", "MRN"})
_SEXES: Final = {"F": "female", "M": "male"}
_ATTRIBUTES: Final = {
    "HOMA": "homonym",
    "HOMD": "homonym",
    "DOUT": "doubtful",
    "DOUB": "doubtful",
    "FICT": "fictive",
}
_BIRTH_PLACE, _PLACE_TYPE, _PLACE_CODE = "BDL", 7, 9


def named_authority(value: Value, dialect: Dialect) -> str | None:
    """The authority of a number (CX-4): as the dialect says, an OID, or its name."""
    namespace, universal = (value.text(_AUTHORITY, part).strip() for part in (1, 2))
    for name in (universal, namespace):
        if name in dialect.authorities:
            return dialect.authorities[name]
    return cleaned(universal or namespace) or dialect.authority


def authority_of(value: Value, dialect: Dialect) -> str:
    """That of a person's number, which is never without one."""
    return named_authority(value, dialect) or UNNAMED


def identifier_of(value: Value, dialect: Dialect) -> dict[str, str]:
    """The number as our contract writes it."""
    type_ = cleaned(value.text(_TYPE))
    identifier = {"authority": authority_of(value, dialect), "value": cleaned(value.text())}
    return identifier | ({"type": type_} if type_ else {})


def identifiers_of(segment: Segment, field: int, dialect: Dialect) -> Iterator[tuple[dict[str, str], Place]]:
    """The numbers of a field, each with its place; the sender's own first, others in order."""
    found = [
        (identifier_of(value, dialect), Place(segment.name, field, repetition))
        for repetition, value in enumerate(segment.values(field), 1)
        if value.text().strip()
    ]
    yield from sorted(found, key=lambda each: not is_own(each[0]))


def is_own(identifier: dict[str, str]) -> bool:
    """Whether the number is one that the sender gave."""
    return identifier.get("type", "PI") in _OWN_TYPES


def person_of(group: Group, dialect: Dialect, findings: Findings, places: dict[str, Place]) -> dict[str, Any]:
    """The person of a group; numbers only where the identity's status lets them count (RNIV, EXI SI 08)."""
    pid = group.first("PID")
    numbers = list(identifiers_of(pid, _NUMBERS, dialect)) or list(
        identifiers_of(pid, _FORMER_NUMBERS, dialect)
    )
    statuses = [value.text().strip().upper() for value in pid.values(_STATUS)]
    if any(statuses) and "VALI" not in statuses:
        numbers = [
            each for each in numbers if normalised_authority(each[0]["authority"]) not in INS
        ] or numbers
    if not numbers:
        findings.missing("PID", _NUMBERS)
    for index, (_, place) in enumerate(numbers):
        places[f"/person/identifiers/{index}"] = place
    has_ins = any(_is_ins(each) for each, _ in numbers)
    traits = _traits(pid, findings, places)
    return {
        "identifiers": [each for each, _ in numbers],
        **({"traits": traits} if traits else {}),
        **_trust(statuses, has_ins=has_ins),
    }


def _is_ins(identifier: dict[str, str]) -> bool:
    return normalised_authority(identifier["authority"]) in INS


def _trust(statuses: list[str], *, has_ins: bool) -> dict[str, Any]:
    status = None
    if "VALI" in statuses:
        status = "qualified" if has_ins else "validated"
    elif "PROV" in statuses:
        status = "provisional"
    attributes = sorted({_ATTRIBUTES[each] for each in statuses if each in _ATTRIBUTES})
    return {
        **({"identity_status": status} if status else {}),
        **({"identity_attributes": attributes} if attributes else {}),
    }


def _traits(pid: Segment, findings: Findings, places: dict[str, Place]) -> dict[str, Any]:
    names = [value for value in pid.values(_NAMES) if value.text().strip() or value.text(2).strip()]
    by_type = {value.text(7).strip().upper(): value for value in reversed(names)}
    birth = by_type.get("L") or by_type.get("B") or (names[0] if names else None)
    used = by_type.get("D")
    born = written(pid.text(_BORN))
    if born is None or born.local.year < YEARS[0]:
        if pid.text(_BORN).strip():
            findings.warn(
                102,
                "PID-7 : date de naissance illisible, ignorée.",
                "PID-7: no birth date; it is left out.",
                Place("PID", _BORN),
            )
        born = None
    place_code = next(
        (
            cleaned(value.text(_PLACE_CODE))
            for value in pid.values(_ADDRESSES)
            if value.text(_PLACE_TYPE) == _BIRTH_PLACE
        ),
        "",
    )
    stated = {
        "birth_name": cleaned(birth.text()) if birth else "",
        "given_names": _given_names(birth) if birth else [],
        "birth_date": born.day if born else "",
        "sex": _SEXES.get(pid.text(_SEX).strip().upper(), ""),
        "used_name": cleaned(used.text()) if used else "",
        "birth_place_code": place_code,
    }
    fields = (_NAMES, _NAMES, _BORN, _SEX, _NAMES, _ADDRESSES)
    for name, field in zip(stated, fields, strict=True):
        places[f"/person/traits/{name}"] = Place("PID", field)
    return {name: value for name, value in stated.items() if value}


def _given_names(name: Value) -> list[str]:
    """The first one and, in PAM.fr, the list of all of them, which may begin with it."""
    first, others = cleaned(name.text(2)), cleaned(name.text(3))
    if not first:
        return others.split()[:20]
    listed = others.replace(",", " ").split()
    return [first, *(listed[1:] if listed[:1] == [first] else listed)][:20]
