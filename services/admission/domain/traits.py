"""Compares the strict traits of two identities as the RNIV writes them (volet 1, 2.2 and 3.1).

A trait that one side does not know, or knows in part, neither agrees nor disagrees: nothing is concluded
from it, and where it is required for joining, two identities stay apart.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import product
from typing import Final, Literal, get_args

from msgspec import Struct

from services.admission.domain.movement import Traits

Trait = Literal["birth_name", "first_given_name", "sex", "birth_date", "birth_place"]

REQUIRED: Final[tuple[Trait, ...]] = ("birth_name", "first_given_name", "sex", "birth_date")
"""Those without which nobody is joined; the birth place, which many do not know yet, must not disagree."""

_UNKNOWN_PLACE: Final = "99999"
"""How the INSEE, and so the INSi service, writes a birth place that is not known."""

_LIGATURES: Final = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D"})
_PUNCTUATION: Final = re.compile(r"[^A-Z0-9]+")


class Comparison(Struct, frozen=True):
    """What two identities say of each other, by names of traits and without a value."""

    agreeing: tuple[Trait, ...]
    disagreeing: tuple[Trait, ...]
    unknown: tuple[Trait, ...]

    @property
    def is_strict(self) -> bool:
        """Whether all required traits agree and none disagrees."""
        return not self.disagreeing and set(REQUIRED) <= set(self.agreeing)


def compare_traits(one: Traits | None, other: Traits | None) -> Comparison:
    """Compare trait by trait; all are unknown where one side has stated none."""
    ours, theirs = _written(one), _written(other)
    verdicts: dict[bool | None, list[Trait]] = {True: [], False: [], None: []}
    for trait in get_args(Trait):
        compare = _dates_agree if trait == "birth_date" else _texts_agree
        verdicts[compare(ours[trait], theirs[trait])].append(trait)
    return Comparison(tuple(verdicts[True]), tuple(verdicts[False]), tuple(verdicts[None]))


def compare_identities(ours: Iterable[Traits], theirs: Iterable[Traits]) -> Comparison:
    """Compare what several have stated of each: where any two of them disagree, the identities do."""
    compared = [compare_traits(one, other) for one, other in product(ours, theirs)]
    disagreeing = {trait for each in compared for trait in each.disagreeing}
    agreeing = {trait for each in compared for trait in each.agreeing} - disagreeing
    traits: tuple[Trait, ...] = get_args(Trait)
    return Comparison(
        tuple(trait for trait in traits if trait in agreeing),
        tuple(trait for trait in traits if trait in disagreeing),
        tuple(trait for trait in traits if trait not in agreeing | disagreeing),
    )


def written(name: str | None) -> str:
    """The name in capitals without diacritics; hyphens and apostrophes are spaces."""
    if not name:
        return ""
    decomposed = unicodedata.normalize("NFKD", name.upper().translate(_LIGATURES))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _PUNCTUATION.sub(" ", bare).strip()


def _written(traits: Traits | None) -> dict[Trait, str]:
    if traits is None:
        return dict.fromkeys(get_args(Trait), "")
    return {
        "birth_name": written(traits.birth_name),
        "first_given_name": written(traits.given_names[0]) if traits.given_names else "",
        "sex": "" if traits.sex == "unknown" else traits.sex,
        "birth_date": f"{traits.birth_date}-00-00"[:10] if traits.birth_date else "",
        "birth_place": written(_known_place(traits.birth_place_code)),
    }


def _texts_agree(one: str, other: str) -> bool | None:
    return one == other if one and other else None


def _dates_agree(one: str, other: str) -> bool | None:
    """Year, month and day, where `00` or nothing is unknown; two dates of one spelling agree (INSi)."""
    if not (one and other):
        return None
    if one == other:
        return True
    parts = [(ours, theirs) for ours, theirs in zip(one.split("-"), other.split("-"), strict=False)]
    if any(ours != theirs for ours, theirs in parts if int(ours) and int(theirs)):
        return False
    return None


def _known_place(code: str | None) -> str | None:
    """The code, unless it is that of an unknown place, which agrees and disagrees with nothing."""
    return None if code == _UNKNOWN_PLACE else code
