"""Holds a message against where the person is by now, as the one reading of their stays says it.

A message may only say what is true when it is read. Who is in another establishment by now has not left, and
who was told of that needs no word on leaving the first one. Several discharges of one stay are one: the one
that stands corrects the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.notifications.domain.obligations.catalogue import is_retracted, retracted
from services.notifications.domain.obligations.derivation import facts_of
from services.notifications.domain.obligations.obligation import End, Obligation
from services.notifications.domain.obligations.restated import was_stated_in_time
from services.notifications.domain.obligations.statements import LOCATION
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.statements import ENTRIES, Statement
from shared.stays.stays import Stay, stays_of

_NOT_ONE: Final = retracted("person.merged")


class PersonNow(msgspec.Struct, frozen=True, kw_only=True):
    """What a message about a person depends on at the moment it is sent."""

    present: bool
    """In an establishment, in a bed."""
    standing: Mapping[str, tuple[UUID, UUID]]
    """Fact of a discharge -> movement and event of the discharge of its stay that stands."""
    stated_in_time: frozenset[UUID] = frozenset()
    """Events that state again of this person an entry that was stated in time, of somebody else."""
    facts: frozenset[str] = frozenset()
    """Everything that is, or was, a fact of this person; what was given to somebody else is not."""


def person_now(events: Iterable[RecordedEvent], *, now: datetime) -> PersonNow:
    """Where the person is, by all that is known and has happened."""
    known = list(events)
    histories = movement_histories(known)
    return PersonNow(
        present=any(stay.is_in_bed for stay in stays_of(histories, at=now)),
        standing={key: found for stay in stays_of(histories) for key, found in _standing(stay).items()},
        stated_in_time=frozenset(each.event_id for each in known if was_stated_in_time(each)),
        facts=frozenset(
            key for key, fact in facts_of(known).items() if fact[-1].reassigned in (None, "merged")
        ),
    )


def _standing(stay: Stay) -> dict[str, tuple[UUID, UUID]]:
    """Of the discharges between two entries, those that another one corrects, and that one itself."""
    found: dict[str, tuple[UUID, UUID]] = {}
    of_one_end: list[Statement] = []
    for movement in (*stay.movements, None):
        if movement is not None and movement.kind == "discharge":
            of_one_end.append(movement)
        elif movement is None or movement.kind in ENTRIES:
            stands = [each for each in of_one_end if not stay.is_superseded(each)]
            found |= {
                _key(each.movement_id): (stand.movement_id, stand.event_id)
                for each in of_one_end
                for stand in stands
            }
            of_one_end = []
    return found


def _key(movement_id: UUID) -> str:
    return f"movement:{movement_id}"


def as_if_in_time(obligation: Obligation, person: PersonNow) -> Obligation:
    """To be decided as if it had been stated of the right person at once, where that is why it comes late."""
    if obligation.event_id not in person.stated_in_time:
        return obligation
    return replace(obligation, fact_recorded_at=obligation.fact_occurred_at)


def corrected_here(
    obligation: Obligation, peers: Iterable[Obligation], person: PersonNow
) -> list[Obligation]:
    """Discharges of the same stay that the one of this obligation corrects."""
    return [peer for peer in peers if peer.tells_of_discharge and _same_stay(obligation, peer, person)]


def outdated(obligation: Obligation, person: PersonNow) -> End | None:
    """The end of what tells of a discharge that another one of the same stay corrects."""
    movement_id, event_id = person.standing.get(obligation.fact_key, (None, obligation.event_id))
    if movement_id is None or _key(movement_id) == obligation.fact_key:
        return None
    return End(outcome="superseded", reason="newer_version", superseded_by=event_id)


def told_elsewhere(obligation: Obligation, peers: Sequence[Obligation], person: PersonNow) -> End | None:
    """The end of news of leaving one establishment to who was told last that the person is in another."""
    if not person.present:
        return None
    told = [(peer.told_at, peer) for peer in peers if peer.aspect == LOCATION and peer.told_at is not None]
    last = max(told, key=lambda each: each[0])[1] if told else None
    if (
        last is None
        or is_retracted(last.kind)
        or last.tells_of_discharge
        or last.stated_by == obligation.stated_by
    ):
        return None
    return End(outcome="suppressed", reason="known_elsewhere")


def told_of_another(
    obligation: Obligation, peers: Iterable[Obligation], person: PersonNow
) -> Obligation | None:
    """What the recipient was told last of the person with whom this one was taken to be one."""
    of_fact: dict[str, list[tuple[datetime, Obligation]]] = defaultdict(list)
    for peer in peers:
        if peer.told_at is not None:
            of_fact[peer.fact_key].append((peer.told_at, peer))
    last = {key: max(told, key=lambda each: each[0]) for key, told in of_fact.items()}
    said_so_at = last[obligation.fact_key][0] if obligation.fact_key in last else None
    mistaken = [
        (at, peer)
        for at, peer in last.values()
        if peer.person_id != obligation.person_id
        and peer.fact_key not in person.facts
        and not is_retracted(peer.kind)
        and (said_so_at is None or at > said_so_at)
    ]
    return max(mistaken, key=lambda each: each[0])[1] if mistaken else None


def was_told_rightly(told: Obligation, others: Iterable[Obligation]) -> bool:
    """Whether the recipient did not read afterwards that it was an error, or about another person."""
    if is_retracted(told.kind) or told.told_at is None:
        return False
    return not any(
        peer.kind == _NOT_ONE and peer.person_id != told.person_id and peer.told_at > told.told_at
        for peer in others
        if peer.told_at is not None
    )


def _same_stay(obligation: Obligation, peer: Obligation, person: PersonNow) -> bool:
    if peer.fact_key == obligation.fact_key:
        return False
    mine, others = person.standing.get(obligation.fact_key), person.standing.get(peer.fact_key)
    return mine is not None and mine == others and _key(mine[0]) == obligation.fact_key
