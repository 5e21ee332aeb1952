"""Decides whom a merge concerns: no establishment alone makes one of two persons whom others know (0027)."""

from collections.abc import Collection, Iterable, Mapping, Set
from uuid import UUID

from services.admission.domain.identities.merges import Merge, groups

Knowing = Mapping[UUID, Set[str]]
"""Person, before any merge -> the establishments that stated something of them."""


def known_elsewhere(group: Collection[UUID], knowing: Knowing, own: Set[str]) -> frozenset[str]:
    """The establishments besides these that know one of the persons."""
    return frozenset().union(*(knowing.get(person, frozenset()) for person in group)) - own


def others_concerned(
    pair: tuple[UUID, UUID], merges: Iterable[Merge], *, knowing: Knowing, own: Set[str]
) -> frozenset[str]:
    """Other establishments whose patients this merge would join.

    Empty when one of the two is known only to `own`. That must hold whatever others undo later, so between
    two who are one already only what the own establishments stated counts.
    """
    holding = [merge for merge in merges if merge.is_merged]
    one, other = pair
    group_of = groups(pair, holding)
    if other not in group_of[one]:
        sides = [known_elsewhere(group_of[person], knowing, own) for person in pair]
        return sides[0] | sides[1] if all(sides) else frozenset()
    stated = [merge for merge in holding if merge.stated_by in own]
    group_of = groups(pair, stated)
    known = [person for person in group_of[one] | group_of[other] if known_elsewhere([person], knowing, own)]
    return known_elsewhere(known, knowing, own) if len(known) > 1 else frozenset()
