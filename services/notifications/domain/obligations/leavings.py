"""Finds who left without having stayed, of whom no carer is told, and who was there again after leaving."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, get_args
from uuid import UUID

from services.notifications.domain.circle.members import Role
from services.notifications.domain.obligations.statements import FactHistory, FactVersion
from services.notifications.domain.obligations.verdict import Suppression
from shared.events.admission import is_movement
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.statements import Statement
from shared.stays.stays import Stay, holds_bed, stays_of

_ROLES: Final[tuple[Role, ...]] = get_args(Role)


def had_a_bed(version: FactVersion, facts: Mapping[str, FactHistory]) -> bool:
    """Whether the person had moved to a bed of the same stay before: carers know that they stay there."""
    moved = version.event.data
    others = (fact[-1] for key, fact in facts.items() if key != version.fact_key)
    return any(
        is_movement(moved)
        and is_movement(other.event.data)
        and other.event.data.stay_id == moved.stay_id
        and other.event.data.kind != "discharge"
        and other.news is not None
        and other.news.audience.carers
        and not other.ends
        and other.event.occurred_at < version.event.occurred_at
        for other in others
    )


Untold = Mapping[tuple[str, Role], Suppression]
"""Why nobody of a role is told of a fact, by what is known of the whole stay."""

NOTHING_UNTOLD: Final[Untold] = {}


def untold_of(events: Sequence[RecordedEvent]) -> Untold:
    """The leavings where there was no bed since the entry, for carers, and the returns that are no news.

    Who had a bed and went on as an outpatient was never said to have left: the discharge says it.
    """
    movements = [each.data for each in events if is_movement(each.data)]
    stays = stays_of(movement_histories(events))
    untold: dict[tuple[str, Role], Suppression] = {
        (_key(each.movement_id), "carer"): "not_staying"
        for stay in stays
        for each in stay.movements
        if each.kind == "discharge" and not _had_bed_since_entry(stay, each)
    }
    came_back = {each.movement_id for stay in stays for each in _after_a_discharge(stay)}
    for movement in movements:
        if movement.kind == "return" and movement.movement_id not in came_back:
            for role in _ROLES:
                untold[_key(movement.movement_id), role] = "duplicate_fact"
    return untold


def _after_a_discharge(stay: Stay) -> Iterator[Statement]:
    """The returns by which somebody is there again who was discharged; any other was never away for good."""
    for before, again in pairwise(stay.presences.spans):
        left_at = before.ended_at or again.began_at
        between = [each for each in stay.movements if left_at <= each.occurred_at <= again.began_at]
        if any(each.kind == "discharge" for each in between):
            yield from (each for each in between if each.kind == "return")


def _key(movement_id: UUID) -> str:
    return f"movement:{movement_id}"


def _had_bed_since_entry(stay: Stay, discharge: Statement) -> bool:
    began = [span.began_at for span in stay.presences.spans if span.began_at <= discharge.occurred_at]
    if not began:
        return holds_bed(stay.class_of_stay)
    return any(began[-1] <= bed.began_at <= discharge.occurred_at for bed in stay.in_bed)
