"""I8: what must a carer be told, by circle and ledger alone? The checker's own reading of the catalogue.

An admission, a discharge home or the arrival after a transfer is news for carers; a departure for another
establishment, a move within one and a death are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.fold import Movement, movement, movements_of
from tests.continuity.checker.run import Carer, Line, moment
from tests.continuity.checker.stored import Event, Row

FRESH: Final = timedelta(hours=24)
UNHEARD: Final = frozenset({"timeout", "cut"})
"""What the gateway took, and never answered."""
_PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A carer, and the membership that the service gave them."""

    carer: Carer
    member_id: str
    joined_at: datetime
    revoked_at: datetime | None

    def must_know(self, event: Event) -> bool:
        """What is recorded while they belong, and what happened in the day before they joined."""
        if self.revoked_at is not None and event.recorded_at >= self.revoked_at:
            return False
        return event.recorded_at > self.joined_at or event.occurred_at > self.joined_at - FRESH


def readers_of(evidence: Evidence) -> list[Reader]:
    """The carers whom the harness enrolled, with their membership; one who has none is missing."""
    members: dict[tuple[str, str], Row] = {
        (row["person_id"], row["carer_id"]): row
        for row in evidence.stored["notifications"].rows("members")
        if row["carer_id"] is not None
    }
    return [
        Reader(
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
    """Is this, stated so, something that a carer is told? A cancel takes back what it repeats."""
    return carers_hear_of(movement(event, cancelled=False))


def carers_hear_of(said: Movement) -> bool:
    if said.kind == "admission":
        return True
    if said.destination.get("mode") == "death":
        return False
    return said.kind == "discharge" and said.leaves_for is None


def required(evidence: Evidence) -> Iterator[tuple[Reader, Event]]:
    """Who must be told of what: the news of a person, to each carer who may know it."""
    for reader in readers_of(evidence):
        for event in evidence.movements_of.get(reader.carer.person_id, ()):
            if reader.must_know(event) and is_news(event):
                yield reader, event


def last_words(evidence: Evidence) -> Iterator[tuple[Reader, Movement]]:
    """What each carer who still belongs must have heard in the end: the newest news that holds."""
    deceased = {event.subject for event in evidence.movements if is_death(event)}
    now = evidence.stored["notifications"].now
    for reader in readers_of(evidence):
        person = reader.carer.person_id
        if reader.revoked_at is not None or person in deceased:
            continue
        news = [
            each
            for each in movements_of(evidence.movements_of.get(person, ()))
            if carers_hear_of(each) and not each.cancelled and each.occurred_at <= now
        ]
        last = max(news, key=lambda each: (each.occurred_at, each.event.sequence), default=None)
        if last is not None and _is_told_as_news(reader, last.event):
            yield reader, last


def _is_told_as_news(reader: Reader, event: Event) -> bool:
    fresh = event.recorded_at - event.occurred_at <= FRESH
    return fresh and reader.must_know(event)


def is_death(event: Event) -> bool:
    return (event.data.get("destination") or {}).get("mode") == "death"


def said_of(when: datetime) -> str:
    """The moment as every SMS about it says it."""
    return f"{when.astimezone(_PARIS):%d/%m à %Hh%M}"


def requests(evidence: Evidence) -> list[Line]:
    """What reached the gateway."""
    return [line for line in evidence.run.gateway if "to" in line]


def was_taken(line: Line) -> bool:
    """The gateway had the message, whether its answer arrived or not."""
    return line["answered"] in {"accepted", *UNHEARD}


def at(line: Line) -> datetime:
    """When the gateway wrote the request down."""
    return moment(line["at"])
