"""Decides under which person everything is published of persons who are one.

Depends on the set of merges that hold, not on the order in which they were stated: separating two persons
leaves those joined whom another merge joins.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from uuid import UUID

from msgspec import Struct


class Merge(Struct, frozen=True, kw_only=True):
    """Two persons of whom somebody said that they are one, and whether that still holds."""

    merge_id: UUID
    surviving: UUID
    merged: UUID
    revision: int
    is_merged: bool
    stated_by: str | None = None
    """The establishment that said so; none: decided in the work list, or by a qualified INS."""


def survivors(
    persons: Collection[UUID], merges: Iterable[Merge], *, anchored: Set[UUID] = frozenset()
) -> Mapping[UUID, UUID]:
    """Each person -> the one that survives of all that are one with them.

    That is one whom no merge names as the merged one, and one of the `anchored` before any other; of several,
    or where they go round in a circle, any, but always the same.
    """
    holding = [merge for merge in merges if merge.is_merged]
    group_of = groups(persons, holding)
    merged = {merge.merged for merge in holding}
    return {person: min(_candidates(group_of[person], merged, anchored)) for person in persons}


def groups(persons: Collection[UUID], holding: Iterable[Merge]) -> dict[UUID, set[UUID]]:
    """Each person -> all that are one with them by the merges that hold, themselves included."""
    group_of: dict[UUID, set[UUID]] = {person: {person} for person in persons}
    for merge in holding:
        group = group_of.get(merge.surviving, {merge.surviving}) | group_of.get(merge.merged, {merge.merged})
        group_of.update(dict.fromkeys(group, group))
    return group_of


def _candidates(group: set[UUID], merged: set[UUID], anchored: Set[UUID]) -> set[UUID]:
    unmerged = group - merged
    return (unmerged & anchored) or (group & anchored) or unmerged or group
