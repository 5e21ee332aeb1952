"""Derives whose circles are shared, and when, from everything stated about which persons are one.

While persons are one, the members of the circle of any of them are told of all of them, as if they had joined
when the persons became one, and had left when they were separated.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby, permutations
from uuid import UUID

from msgspec import Struct


class MergeStatement(Struct, frozen=True, kw_only=True):
    """That two persons are one, or are not; of one merge, the highest revision holds."""

    merge_id: UUID
    revision: int
    surviving: UUID
    merged: UUID
    is_merged: bool
    recorded_at: datetime


class SharedCircle(Struct, frozen=True, kw_only=True, order=True):
    """A time during which the members of one person's circle are told of another person, too."""

    person_id: UUID
    circle_of: UUID
    since: datetime
    until: datetime | None = None


def shared_circles(statements: Iterable[MergeStatement]) -> list[SharedCircle]:
    """Every time of every two persons, whichever way they became one."""
    found: list[SharedCircle] = []
    since: dict[tuple[UUID, UUID], datetime] = {}
    for moment, pairs in _pairs_over_time(statements):
        for ended in since.keys() - pairs:
            person_id, circle_of = ended
            found.append(
                SharedCircle(person_id=person_id, circle_of=circle_of, since=since.pop(ended), until=moment)
            )
        since |= dict.fromkeys(pairs - since.keys(), moment)
    found += [
        SharedCircle(person_id=person_id, circle_of=circle_of, since=began)
        for (person_id, circle_of), began in since.items()
    ]
    return sorted(each for each in found if each.since != each.until)


def _pairs_over_time(
    statements: Iterable[MergeStatement],
) -> Iterator[tuple[datetime, set[tuple[UUID, UUID]]]]:
    newest: dict[UUID, MergeStatement] = {}
    ordered = sorted(statements, key=lambda each: (each.recorded_at, each.merge_id, each.revision))
    for moment, stated in groupby(ordered, key=lambda each: each.recorded_at):
        for each in stated:
            known = newest.get(each.merge_id)
            if known is None or known.revision < each.revision:
                newest[each.merge_id] = each
        yield moment, _pairs(newest)


def _pairs(newest: Mapping[UUID, MergeStatement]) -> set[tuple[UUID, UUID]]:
    group_of: dict[UUID, frozenset[UUID]] = {}
    for merge in newest.values():
        if merge.is_merged:
            alone = (frozenset({person_id}) for person_id in (merge.surviving, merge.merged))
            one, other = (group_of.get(next(iter(each)), each) for each in alone)
            group_of.update(dict.fromkeys(one | other, one | other))
    return {pair for group in set(group_of.values()) for pair in permutations(group, 2)}
