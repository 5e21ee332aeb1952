"""Decides whether a person was seen where they were expected, after the departure or already before it."""

from collections.abc import Iterable, Sequence

from services.pathway.domain.pathway import Expectation
from services.pathway.domain.rules import Rules
from shared.stays.presences import Presence
from shared.stays.statements import Statement
from shared.stays.stays import Stay, holds_bed


def is_same_place(expected: str, seen: Statement) -> bool:
    """Whether the movement is one in the establishment expected, or in any site of the legal entity expected.

    Two sites of one legal entity are two places. What a site belongs to comes with the movement, so the
    pathway stays a function of the person's own events.
    """
    return expected in (seen.establishment, seen.legal_entity)


def is_there(wait: Expectation, movement: Statement) -> bool:
    """Whether a movement shows the person at the destination; one legal entity may run both ends."""
    there = is_same_place(wait.to_establishment, movement)
    return there and movement.establishment != wait.from_establishment


def came_before(wait: Expectation, stays: Sequence[Stay], rules: Rules) -> Statement | None:
    """The movement by which the person had come to the destination when the departure was written down.

    They came there while, as its papers say, they were still where they left; are there at the hour of the
    departure; and nobody else saw them since (decision 0052). Whoever had a place there before has not come.
    """
    begun = [stay for stay in stays if _had_begun(stay, wait) and _is_at_destination(stay, wait)]
    left = _presence_left(wait, stays) if begun else None
    if left is None:
        return None
    entries = (
        entry
        for stay in begun
        for entry in _entries_in_force(stay, wait)
        if left.began_at < entry.occurred_at and not _is_forgotten(stay, entry, wait, rules)
    )
    last = max(entries, key=lambda entry: entry.timeline_key, default=None)
    return None if last is None or _was_seen_since(last, wait, stays) else last


def _had_begun(stay: Stay, wait: Expectation) -> bool:
    spans = stay.presences.spans
    return bool(spans) and spans[0].began_at <= wait.departed_at


def _is_at_destination(stay: Stay, wait: Expectation) -> bool:
    """Whether any movement says so: its site may have been known to belong to the legal entity only later."""
    return any(is_there(wait, each) for each in stay.movements)


def _presence_left(wait: Expectation, stays: Iterable[Stay]) -> Presence | None:
    """The presence that the departure ended; `None` where the departure is all that is known."""
    for stay in stays:
        if any(each.movement_id == wait.departure_movement_id for each in stay.movements):
            return next((span for span in stay.presences.spans if span.ended_at == wait.departed_at), None)
    return None


def _entries_in_force(stay: Stay, wait: Expectation) -> list[Statement]:
    """By what the person came to a bed of the destination, when they are in it at the hour of the departure.

    The first movement of a stay without an admission does not say that they came with it.
    """
    span = next((span for span in stay.in_bed if span.holds_at(wait.departed_at)), None)
    if span is None or any(
        leave.began_by.occurred_at <= wait.departed_at
        and (leave.ended_by is None or leave.ended_by.occurred_at > wait.departed_at)
        for leave in stay.presences.leaves
    ):
        return []
    began = [
        each
        for each in stay.movements
        if each.occurred_at == span.began_at and each.kind != "discharge" and not each.departs
    ]
    ended = {leave.ended_by.movement_id for leave in stay.presences.leaves if leave.ended_by is not None}
    back = [
        each
        for each in stay.movements
        if each.kind == "return" or (each.kind == "admission" and each.movement_id in ended)
        if span.began_at < each.occurred_at <= wait.departed_at
    ]
    return [*(began[:1] if stay.has_admission else ()), *back]


def _is_forgotten(stay: Stay, entry: Statement, wait: Expectation, rules: Rules) -> bool:
    """Whether it is an emergency stay that nobody ended, as many are: it says little after a day."""
    lasted = wait.departed_at - entry.occurred_at
    return stay.class_of_stay == "emergency" and lasted > rules.longest_emergency


def _was_seen_since(entry: Statement, wait: Expectation, stays: Iterable[Stay]) -> bool:
    """Whether another establishment saw the person between; a discharge is often written down later."""
    return any(
        entry.occurred_at < movement.occurred_at < wait.departed_at
        and movement.kind != "discharge"
        and holds_bed(class_of_stay)
        for stay in stays
        if not _is_at_destination(stay, wait)
        for movement, class_of_stay in zip(stay.movements, stay.classes, strict=True)
    )
