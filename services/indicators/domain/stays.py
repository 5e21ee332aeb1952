"""Gathers the facts about movements into stays, by the reading that all services share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from services.indicators.domain.calendar import day_of
from services.indicators.domain.facts import FactOfMovement, ReassignmentFact, statement_of
from services.indicators.domain.figures import Evidence
from shared.stays import stays as reading
from shared.stays.movements import MovementHistory, history_of, in_timeline_order
from shared.stays.presences import Presence
from shared.stays.statements import Statement


class Stay(Evidence, frozen=True, kw_only=True):
    """A person's time in one establishment, as the facts state it, cancelled movements left out."""

    person_id: UUID
    stay_id: UUID
    establishment: str
    has_admission: bool
    presences: tuple[Presence, ...]
    in_bed: tuple[Presence, ...]
    """The parts of the presences with a bed."""
    ended_at: datetime | None
    """When the person left last; `None` while the person is there or nobody said that they left."""
    bed_left_at: datetime | None
    """When the person last gave up a bed, by leaving or by a change of class; `None` without one."""

    @property
    def length_days(self) -> int:
        """Midnights spent in a bed, as French hospital statistics count them; an open presence counts 0."""
        return sum(
            (day_of(presence.ended_at) - day_of(presence.began_at)).days
            for presence in self.in_bed
            if presence.ended_at is not None
        )


def stays(facts: Iterable[FactOfMovement], *, at: datetime = reading.FOR_EVER) -> list[Stay]:
    """The stays that a set of facts amounts to at a moment; neither order nor repetition matters."""
    stated: dict[UUID, dict[UUID, dict[UUID, Statement]]] = defaultdict(lambda: defaultdict(dict))
    away: dict[tuple[UUID, UUID], int] = {}
    for fact in facts:
        if isinstance(fact, ReassignmentFact):
            key = (fact.person_id, fact.movement_id)
            away[key] = max(fact.sequence, away.get(key, 0))
        else:
            stated[fact.person_id][fact.movement_id][fact.event_id] = statement_of(fact)
    for (person_id, movement_id), sequence in away.items():
        known = stated.get(person_id, {}).get(movement_id, {})
        if all(statement.sequence < sequence for statement in known.values()):
            stated[person_id].pop(movement_id, None)
    return [
        stay for person_id, movements in stated.items() for stay in _stays_of(person_id, movements, at=at)
    ]


def _stays_of(
    person_id: UUID, movements: Mapping[UUID, Mapping[UUID, Statement]], *, at: datetime
) -> list[Stay]:
    histories = {
        movement_id: history_of(statements.values()) for movement_id, statements in movements.items()
    }
    known = reading.stays_of(in_timeline_order(histories.values()), at=at)
    return [_stay_of(person_id, stay, histories) for stay in known if stay.movements or stay.ended_at]


def _stay_of(person_id: UUID, stay: reading.Stay, histories: Mapping[UUID, MovementHistory]) -> Stay:
    ends = (stay.ended_by_next_stay, None if stay.movements else stay.died_by)
    rests_on = (*stay.movements, *(each for each in ends if each is not None))
    evidence = [
        statement for movement in rests_on for statement in histories[movement.movement_id].statements
    ]
    return Stay(
        person_id=person_id,
        stay_id=stay.stay_id,
        establishment=stay.start.establishment,
        has_admission=stay.has_admission,
        presences=stay.presences.spans,
        in_bed=stay.in_bed,
        ended_at=stay.ended_at,
        bed_left_at=stay.bed_left_at,
        events=len(evidence),
        newest_recorded_at=max(statement.recorded_at for statement in evidence),
    )
