"""Decides under which person everything is published of persons who are one.

Depends on the set of merges that hold, not on the order in which they were stated: separating two persons
leaves those joined whom another merge joins.
"""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from msgspec import Struct


class Merge(Struct, frozen=True, kw_only=True):
    """Two persons of whom somebody said that they are one, and whether that still holds."""

    merge_id: UUID
    surviving: UUID
    merged: UUID
    revision: int
    is_merged: bool


def survivors(persons: Collection[UUID], merges: Iterable[Merge]) -> Mapping[UUID, UUID]:
    """Each person -> the one that survives of all that are one with them.

    That is one whom no merge names as the merged one; of several, or where they go round in a circle, any,
    but always the same.
    """
    holding = [merge for merge in merges if merge.is_merged]
    group_of: dict[UUID, set[UUID]] = {person: {person} for person in persons}
    for merge in holding:
        group = group_of.get(merge.surviving, {merge.surviving}) | group_of.get(merge.merged, {merge.merged})
        group_of.update(dict.fromkeys(group, group))
    merged = {merge.merged for merge in holding}
    return {person: min(group_of[person] - merged or group_of[person]) for person in persons}
