"""I8: derives what each carer must be told, from circle and ledger alone, by the checker's own rules.

An admission, a discharge home or the arrival after a transfer is news for carers; a departure for another
establishment, a move within one and a death are not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.pathway.fold import Movement, completed, emitted, movement, movements_of
from tests.continuity.checker.reading.databases import Event, Row
from tests.continuity.checker.reading.journals import Carer, Line, moment

FRESH: Final = timedelta(hours=24)
UNANSWERED: Final = frozenset({"timeout", "cut"})
"""The gateway accepted the message and never answered."""
_PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A carer and the membership that notifications stored for them."""

    carer: Carer
    member_id: str
    joined_at: datetime
    revoked_at: datetime | None

    def must_know(self, event: Event) -> bool:
        """Whether it was recorded during the membership, or happened in the day before it began."""
        if self.revoked_at is not None and event.recorded_at >= self.revoked_at:
            return False
        return event.recorded_at > self.joined_at or event.occurred_at > self.joined_at - FRESH


def recipients_of(evidence: Evidence) -> list[Recipient]:
    """The enrolled carers with their membership; those without one are left out."""
    members: dict[tuple[str, str], Row] = {
        (row["person_id"], row["carer_id"]): row
        for row in evidence.stored["notifications"].rows("members")
        if row["carer_id"] is not None
    }
    return [
        Recipient(
            carer=carer,
            member_id=row["member_id"],
            joined_at=row["joined_at"],
            revoked_at=row["revoked_at"],
        )
        for carer in evidence.run.circle
        for row in [members.get((carer.person_id, carer.carer_id))]
        if row is not None
    ]


def is_news(event: Event) -> bool:
    """Whether carers are told of this event; a cancel repeats the content that it takes back."""
    return concerns_carers(movement(event, cancelled=False))


def concerns_carers(said: Movement) -> bool:
    """Whether carers are told of a movement with this content."""
    if said.kind == "admission":
        return True
    if said.destination.get("mode") == "death":
        return False
    return said.kind == "discharge" and said.leaves_for is None


def required_notifications(evidence: Evidence) -> Iterator[tuple[Recipient, Event]]:
    """Each carer with each event that they must be told of."""
    for recipient in recipients_of(evidence):
        stated = evidence.movements_of.get(recipient.carer.person_id, ())
        half = set(_half_stated(stated))
        for event in completed(stated):
            if recipient.must_know(event) and is_news(event) and event.event_id not in half:
                yield recipient, event


def _half_stated(events: Iterable[Event]) -> Iterator[str]:
    """Updates that leave something as it was before, which was never stated of this person."""
    whole: set[str] = set()
    for event in sorted(events, key=lambda event: (emitted(event), event.sequence)):
        if event.data.get("names") is None:
            whole.add(event.data["movement_id"])
        elif event.data["movement_id"] not in whole:
            yield event.event_id


def latest_news(evidence: Evidence) -> Iterator[tuple[Recipient, Movement]]:
    """Each carer who is still a member, with the newest movement that they must have been told of."""
    deceased = {event.subject for event in evidence.movements if is_death(event)}
    now = evidence.stored["notifications"].now
    for recipient in recipients_of(evidence):
        person = recipient.carer.person_id
        if recipient.revoked_at is not None or person in deceased:
            continue
        news = [
            each
            for each in movements_of(evidence.facts_of.get(person, ()))
            if concerns_carers(each) and not each.cancelled and each.occurred_at <= now
        ]
        last = max(news, key=lambda each: (each.occurred_at, each.event.sequence), default=None)
        if last is not None and _is_told_as_news(recipient, last.event):
            yield recipient, last


def _is_told_as_news(recipient: Recipient, event: Event) -> bool:
    fresh = event.recorded_at - event.occurred_at <= FRESH
    return fresh and recipient.must_know(event)


def is_death(event: Event) -> bool:
    return (event.data.get("destination") or {}).get("mode") == "death"


def time_as_written(when: datetime) -> str:
    """The moment as an SMS writes it."""
    return f"{when.astimezone(_PARIS):%d/%m à %Hh%M}"


def requests(evidence: Evidence) -> list[Line]:
    """The requests that reached the gateway."""
    return [line for line in evidence.run.gateway if "to" in line]


def was_accepted(line: Line) -> bool:
    """Whether the gateway accepted the message, with or without answering."""
    return line["answered"] in {"accepted", *UNANSWERED}


def at(line: Line) -> datetime:
    """When the gateway wrote the request down."""
    return moment(line["at"])
