"""Finds what establishments state otherwise of one person than others do (decision 0060)."""

from collections.abc import Mapping
from itertools import combinations
from typing import get_args

from msgspec import Struct

from services.admission.domain.movement import Traits
from services.admission.domain.traits import Trait, compare_traits


class Disagreement(Struct, frozen=True):
    """Establishments that state other traits of a person than others do, and which traits."""

    establishments: tuple[str, ...]
    disagreeing: tuple[Trait, ...]
    unknown: tuple[Trait, ...]
    """What one of them at least does not know, and nobody states otherwise."""

    def is_between(self, establishments: tuple[str, ...]) -> bool:
        """Whether it is among these, so that what joined them was mistaken."""
        return len(set(self.establishments) & set(establishments)) > 1


def disagreement_of(traits: Mapping[str, Traits]) -> Disagreement | None:
    """What they disagree about; `None` where no two of them do."""
    compared = {
        pair: compare_traits(traits[pair[0]], traits[pair[1]]) for pair in combinations(sorted(traits), 2)
    }
    against = {pair: found for pair, found in compared.items() if found.disagreeing}
    if not against:
        return None
    disagreeing = {trait for found in against.values() for trait in found.disagreeing}
    unknown = {trait for found in against.values() for trait in found.unknown} - disagreeing
    every: tuple[Trait, ...] = get_args(Trait)
    return Disagreement(
        establishments=tuple(sorted({each for pair in against for each in pair})),
        disagreeing=tuple(trait for trait in every if trait in disagreeing),
        unknown=tuple(trait for trait in every if trait in unknown),
    )
