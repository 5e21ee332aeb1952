"""Finds messages that were sent to someone who had no right to them, by what was known then.

The difference between two clocks, and the wait for a lock, never count as a right that was ignored.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.notifications.domain.audit.facts import facts
from services.notifications.domain.audit.member import AuditedMember
from services.notifications.domain.audit.owed import ObligationKey
from services.notifications.domain.audit.rules import (
    ADMITTED,
    AT_HOME,
    DEPARTED,
    OF_WAITS,
    tells_of_death,
    tells_of_place,
)
from shared.events.admission import Movement, MovementCancelled, MovementReassigned
from shared.events.envelope import RecordedEvent
from shared.events.pathway import is_found_overdue

STALE: Final = timedelta(hours=24)
CLOCKS_AGREE_WITHIN: Final = timedelta(seconds=30)
CLOCK_AHEAD: Final = timedelta(minutes=5)
"""So far may the clock of who states something run ahead; what is dated later is foretold."""

MAY_HAVE_LEFT: Final = ("accepted", "unknown", "delivered", "undelivered", "no_receipt")
"""States of an attempt that the provider took, or may have taken."""

Wrong = Literal["not entitled", "told after leaving", "told of the dead", "told as news when it was old"]


class SentMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that may have reached someone."""

    key: ObligationKey
    sent_at: datetime


class AuditedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """One person's events, when the service applied each of them, and the circle."""

    events: Sequence[RecordedEvent]
    applied_at: Mapping[UUID, datetime]
    circle: Sequence[AuditedMember]


def sent_without_right(
    sent: Iterable[SentMessage], *, entitled: Callable[[ObligationKey], bool], person: AuditedPerson
) -> list[tuple[ObligationKey, Wrong]]:
    """Each obligation of which a message should never have been sent, with the first reason why."""
    events = {event.event_id: event for event in person.events}
    members = {member.member_id: member for member in person.circle}
    found: dict[ObligationKey, Wrong] = {}
    places: dict[UUID, list[datetime]] = defaultdict(list)
    for each in sorted(sent, key=lambda each: each.sent_at):
        if not entitled(each.key):
            found.setdefault(each.key, "not entitled")
            continue
        member, event = members[each.key.recipient_id], events[each.key.event_id]
        if member.revoked_at is not None and each.sent_at > member.revoked_at + CLOCKS_AGREE_WITHIN:
            found.setdefault(each.key, "told after leaving")
        elif _was_old_news(each.key, event, since=places[member.member_id]):
            found.setdefault(each.key, "told as news when it was old")
        elif _was_dead(person, each.sent_at, told_of=event):
            found.setdefault(each.key, "told of the dead")
        if tells_of_place(each.key.kind):
            places[member.member_id].append(event.occurred_at)
    return list(found.items())


def _was_old_news(key: ObligationKey, event: RecordedEvent, *, since: Sequence[datetime]) -> bool:
    """Whether the news was too old when recorded; a rupture, and what is owed after an error, have no age.

    However old, it may be told to who had been told where the person was before that (`since`): it would
    stay untrue.
    """
    if key.kind.endswith((".corrected", ".retracted")):
        return False
    if isinstance(event.data, MovementCancelled | MovementReassigned) or is_found_overdue(event.data):
        return False
    if key.kind in (ADMITTED, AT_HOME, DEPARTED) and not isinstance(event.data, Movement):
        return False  # pathway took back what had taken its place
    if isinstance(event.data, Movement) and key.kind in OF_WAITS:  # owed again: a stated death was none
        return False
    if tells_of_place(key.kind) and any(place < event.occurred_at for place in since):
        return False
    return _first_stated(event) - event.occurred_at > STALE


def _first_stated(event: RecordedEvent) -> datetime:
    """When it was stated; an entry that was another person's first, when its source did so."""
    movement = event.data
    if isinstance(movement, Movement) and movement.restates is not None and movement.kind == "admission":
        return min(event.recorded_at, movement.ordered_at or movement.emitted_at)
    return event.recorded_at


def _was_dead(person: AuditedPerson, at: datetime, *, told_of: RecordedEvent) -> bool:
    """Whether the person was known to be dead, within the difference that two clocks may have."""
    return all(
        _dead_by(person, at + by, told_of=told_of) for by in (-CLOCKS_AGREE_WITHIN, CLOCKS_AGREE_WITHIN)
    )


def _dead_by(person: AuditedPerson, moment: datetime, *, told_of: RecordedEvent) -> bool:
    then = [event for event in person.events if person.applied_at[event.event_id] <= moment]
    return any(
        tells_of_death(fact[-1].data)
        and not isinstance(fact[-1].data, MovementCancelled)
        and not _is_still_to_come(fact[-1], told_of)
        for fact in facts(then)
    )


def _is_still_to_come(death: RecordedEvent, told_of: RecordedEvent) -> bool:
    """Whether the death was foretold, and what was told was known, and had happened, before its moment."""
    foretold = death.occurred_at - death.recorded_at > CLOCK_AHEAD
    return foretold and told_of.recorded_at < death.occurred_at and told_of.occurred_at < death.occurred_at
