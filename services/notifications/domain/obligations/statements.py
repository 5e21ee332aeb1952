"""Turns the events of a person into the histories of facts, with the news of each version and its audience.

An event is what a publisher stated. A fact is what events are about; a version is what one event says of
it; a fact's history is its versions, oldest first. News is what recipients are told by a version.

A fact has a key (a movement, or an arrival that is watched) and versions: the newest one holds. For a
movement that is the newest by `(ordered_at, sequence)`, where a cancel is newer than what was emitted with
it. For a watched arrival it is what pathway stated last.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from services.notifications.domain.obligations.catalogue import FACT_KINDS, Audience, FactKind, Recipient
from shared.events.admission import Mode, Movement, MovementCancelled, Place
from shared.events.envelope import RecordedEvent
from shared.events.pathway import (
    ExpectationEvent,
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)
from shared.stays.movements import completed
from shared.stays.stays import CLASSES_WITHOUT_BED

LOCATION: Final = "location"
NOTHING: Final = ""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What recipients are told, and who they are."""

    kind: FactKind
    shown_kind: FactKind
    """What the words say; differs from `kind` where one fact ends by another."""
    audience: Audience
    occurred_at: datetime
    """The moment that the words name."""
    said: str
    """Equal for equal words: an update that changes nothing that was said corrects nothing."""


class FactVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One event as a version of one fact."""

    event: RecordedEvent
    fact_key: str
    aspect: str
    """What the news is about: news of the same aspect reaches a recipient in the order it happened."""
    version: tuple[datetime, bool, int]
    stated_by: str
    news: News | None = None
    """None when nobody is told: a move within an establishment, a death, an end."""
    ends: tuple[FactKind, ...] = ()
    """The facts that this event ends or takes back."""
    replaces: bool = True
    """It is the whole new content: who is no longer concerned must be told so."""
    only_corrects: bool = False
    """It is no news to those who were not told before."""
    death: bool = False

    def said_to(self, recipient: Recipient) -> str:
        """What this recipient would be told by it; `NOTHING` by an end."""
        if self.ends or self.news is None or not self.news.audience.includes(recipient):
            return NOTHING
        return self.news.said

    def bears_on(self, kind: FactKind, recipient: Recipient) -> bool:
        """Whether it confirms, changes or ends what this recipient may have been told as `kind`."""
        if self.ends:
            return kind in self.ends
        return self.replaces or self.said_to(recipient) != NOTHING


_BETWEEN_ESTABLISHMENTS: Final[tuple[Mode, ...]] = ("transfer", "mutation")


def version_of_movement(event: RecordedEvent, movement: Movement) -> FactVersion:
    """A version of the movement; the last one, when it is a cancel."""
    cancelled = isinstance(movement, MovementCancelled)
    news = _news_of_movement(movement)
    key = f"movement:{movement.movement_id}"
    return FactVersion(
        event=event,
        fact_key=key,
        aspect=key if news is not None and news.kind == "transfer.departed" else LOCATION,
        version=(movement.ordered_at or movement.emitted_at, cancelled, event.sequence),
        stated_by=movement.establishment,
        news=news,
        ends=FACT_KINDS if cancelled else (),
        death=movement.destination is not None and movement.destination.mode == "death",
    )


def _news_of_movement(movement: Movement) -> News | None:
    """The news in a movement; `None` for a move within the establishment and for a death."""
    origin, destination = movement.origin, movement.destination
    others = Audience(carers=True, professionals=True, except_establishment=movement.establishment)
    if movement.kind == "admission":
        arrived = origin is not None and _is_elsewhere(origin, movement)
        return _news_of_entry(movement, Audience(carers=True) if arrived else others, arrived=arrived)
    if destination is not None and destination.mode == "death":
        return None
    if destination is not None and _leaves_for(destination, movement):
        return _news(
            movement, "transfer.departed", Audience(establishments=(str(destination.establishment),))
        )
    return _news(movement, "discharge.occurred", others) if movement.kind == "discharge" else None


def _news_of_entry(movement: Movement, audience: Audience, *, arrived: bool) -> News:
    """Who has no bed there is in no establishment: at home, or nowhere that carers need to be told of."""
    if movement.class_of_stay == "home":
        return _news(movement, "care.at_home", audience)
    if movement.class_of_stay in CLASSES_WITHOUT_BED:
        audience = replace(audience, carers=False)
    return _news(movement, "transfer.arrived" if arrived else "admission.occurred", audience)


def _is_elsewhere(origin: Place, movement: Movement) -> bool:
    """Whether the person came from another establishment, not from another unit of the same one."""
    if origin.establishment is None:
        return origin.mode in _BETWEEN_ESTABLISHMENTS
    return origin.establishment != movement.establishment


def _leaves_for(destination: Place, movement: Movement) -> bool:
    """Whether the person left for another establishment; who goes home is discharged, cared for or not."""
    if destination.establishment in (None, movement.establishment):
        return False
    return movement.kind == "transfer" or destination.mode in _BETWEEN_ESTABLISHMENTS


def _news(movement: Movement, kind: FactKind, audience: Audience) -> News:
    minute = movement.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return News(
        kind=kind,
        shown_kind=kind,
        audience=audience,
        occurred_at=movement.occurred_at,
        said=f"{kind} {minute} {movement.establishment}",
    )


_AT_ALL_TIMES: Final = datetime(1970, 1, 1, tzinfo=UTC)


def version_of_arrival(event: RecordedEvent, watched: ExpectationEvent) -> FactVersion:
    """A version of an expectation, in the order in which pathway stated it."""
    key = f"arrival:{watched.expectation_id}"
    return FactVersion(
        event=event,
        fact_key=key,
        aspect=key,
        version=(_AT_ALL_TIMES, False, event.sequence),
        stated_by=watched.from_establishment,
        news=_news_of_arrival(watched),
        ends=_ends(watched),
        replaces=False,
        only_corrects=isinstance(watched, RuptureClosed),
    )


_END_OF_WAIT: Final[Mapping[str | None, FactKind]] = {
    "elsewhere": "transfer.elsewhere",
    "returned": "transfer.returned",
    "closed": "transfer.closed",
}
"""How a wait ended without the arrival -> what both ends are told."""


def _ends(watched: ExpectationEvent) -> tuple[FactKind, ...]:
    match watched:
        case ExpectationOpened():  # again: the arrival or the other end that was stated did not take place
            return ("transfer.arrived", *_END_OF_WAIT.values())
        case ExpectationWithdrawn(ended_as=ended_as) if ended_as not in _END_OF_WAIT:
            return ("transfer.arrived", "transfer.overdue", *_END_OF_WAIT.values())
        case RuptureClosed(reason="withdrawn", ended_as=ended_as) if ended_as not in _END_OF_WAIT:
            return ("transfer.overdue",)
        case _:
            return ()


def _news_of_arrival(watched: ExpectationEvent) -> News | None:
    both = Audience(establishments=(watched.from_establishment, watched.to_establishment))
    match watched:
        case ExpectationMet():
            return News(
                kind="transfer.arrived",
                shown_kind="transfer.arrived",
                audience=Audience(establishments=(watched.from_establishment,)),
                occurred_at=watched.arrived_at,
                said="transfer.arrived",
            )
        case RuptureOpened():
            return News(
                kind="transfer.overdue",
                shown_kind="transfer.overdue",
                audience=both,
                occurred_at=watched.departed_at,
                said="transfer.overdue",
            )
        case RuptureClosed(reason="arrived") | RuptureClosed(ended_as="elsewhere" | "returned" | "closed"):
            how = _END_OF_WAIT.get(watched.ended_as, "transfer.arrived")
            return News(
                kind="transfer.overdue",
                shown_kind=how,
                audience=both,
                occurred_at=watched.closed_at,
                said=how,
            )
        case ExpectationWithdrawn(ended_as="elsewhere" | "returned" | "closed"):
            how = _END_OF_WAIT[watched.ended_as]
            return News(
                kind=how,
                shown_kind=how,
                audience=both,
                occurred_at=watched.ended_at or watched.departed_at,
                said=how,
            )
        case _:
            return None


FactHistory = Sequence[FactVersion]
"""The versions of one fact, oldest first, at least one."""


def facts_of(events: Iterable[RecordedEvent]) -> Mapping[str, FactHistory]:
    """Every fact by its key; an event that came twice counts once."""
    stated = [version for event in completed(events) if (version := version_of(event)) is not None]
    facts: dict[str, list[FactVersion]] = {}
    for version in sorted(stated, key=lambda version: version.version):
        facts.setdefault(version.fact_key, []).append(version)
    return facts


def version_of(event: RecordedEvent) -> FactVersion | None:
    """The version that an event states; `None` when nobody ever has to be told of it."""
    if isinstance(event.data, Movement):
        return version_of_movement(event, event.data)
    if isinstance(event.data, ExpectationEvent):
        return version_of_arrival(event, event.data)
    return None


def became_news_at(event: RecordedEvent) -> datetime:
    """Since when there is something to tell: a rupture begins when it is found, whatever its deadline."""
    return event.recorded_at if isinstance(event.data, RuptureOpened) else event.occurred_at


def newest(fact: FactHistory, kind: FactKind, recipient: Recipient) -> FactVersion | None:
    """The version that holds now, of those that bear on what this recipient may have been told as `kind`."""
    return next((version for version in reversed(fact) if version.bears_on(kind, recipient)), None)


def is_deceased(facts: Mapping[str, FactHistory]) -> bool:
    """Whether a death is stated, and neither corrected nor cancelled."""
    return any(fact[-1].death and not fact[-1].ends for fact in facts.values())
