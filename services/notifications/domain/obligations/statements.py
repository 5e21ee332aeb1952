"""Turns the events of a person into the histories of facts, with the news of each version and its audience.

An event is what a publisher stated. A fact is what events are about; a version is what one event says of
it; a fact's history is its versions, oldest first. News is what recipients are told by a version.

A fact has a key (a movement, or an arrival that is watched) and versions: the newest one holds. For a
movement that is the newest by `(ordered_at, sequence)`, where a cancel that came before anything it may
cancel is newer than what was emitted with it. For a watched arrival it is what pathway stated last.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.notifications.domain.obligations.catalogue import (
    FACT_KINDS,
    Audience,
    FactKind,
    Recipient,
    corrected,
    retracted,
)
from shared.events.admission import (
    Mode,
    Movement,
    MovementCancelled,
    MovementReassigned,
    MovementUpdated,
    Place,
    ReassignmentReason,
)
from shared.events.envelope import RecordedEvent
from shared.events.pathway import is_found_overdue
from shared.stays.classes import CLASSES_WITHOUT_BED
from shared.stays.completions import Meant

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
    reassigned: ReassignmentReason | None = None
    """It says that the movement, or the departure, is another person's, and why."""

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


_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)

_LEAVING: Final = ("transfer", "discharge")
_BETWEEN_ESTABLISHMENTS: Final[tuple[Mode, ...]] = ("transfer", "mutation")


def version_of_movement(
    meant: Meant,
    movement: Movement,
    *,
    began_without_bed: Collection[UUID],
    ended: Collection[UUID],
) -> FactVersion:
    """A version of the movement, by all that is known or by some.

    `ended` are the stays of which a discharge was ever stated: a return to one may be news.
    """
    event, cancelled = meant.event, isinstance(movement, MovementCancelled)
    # Doubled: what it means by some of what is known is a version just before it.
    number = 2 * event.sequence - (not meant.by_all)
    news = _news_of_movement(movement, began_without_bed=began_without_bed, ended=ended)
    key = f"movement:{movement.movement_id}"
    return FactVersion(
        event=event,
        fact_key=key,
        aspect=key if news is not None and news.kind == "transfer.departed" else LOCATION,
        version=(movement.ordered_at or movement.emitted_at, meant.came_first, number),
        stated_by=movement.establishment,
        news=news,
        ends=FACT_KINDS if cancelled else (),
        death=_is_death(movement),
    )


def _is_death(movement: Movement) -> bool:
    """Whether it says that the person died: as a fact of its own, or by how a stay ended."""
    to = movement.destination if movement.kind in _LEAVING else None
    return movement.kind == "death" or (to is not None and to.mode == "death")


def version_of_reassignment(event: RecordedEvent, reassigned: MovementReassigned) -> FactVersion:
    """A version that takes back whatever was told; of two persons who are one, nobody is told anything."""
    return FactVersion(
        event=event,
        fact_key=f"movement:{reassigned.movement_id}",
        aspect=LOCATION,
        version=(_BEFORE_ALL, False, event.sequence),
        stated_by=reassigned.establishment,
        ends=FACT_KINDS,
        reassigned=reassigned.reason,
    )


def _news_of_movement(
    movement: Movement, *, began_without_bed: Collection[UUID], ended: Collection[UUID]
) -> News | None:
    """The news in a movement; `None` for most moves within the establishment, a death and half an update."""
    if isinstance(movement, MovementUpdated) and movement.names is not None:
        return None  # what it leaves as it was is unknown yet
    if movement.stay_id in began_without_bed and _moves_to_a_bed(movement):
        return _news(movement, "admission.occurred", Audience(carers=True))
    others = _others_than(movement)
    if movement.kind == "admission":
        arrived = movement.origin is not None and _is_elsewhere(movement.origin, movement)
        return _news_of_entry(movement, Audience(carers=True) if arrived else others, arrived=arrived)
    if movement.kind == "return" and movement.stay_id in ended:
        return _news_of_entry(movement, others, arrived=False)
    return _news_of_leaving(movement, others)


def _news_of_leaving(movement: Movement, others: Audience) -> News | None:
    destination = movement.destination
    if movement.kind not in _LEAVING or (destination is not None and destination.mode == "death"):
        return None
    if destination is not None and _leaves_for(destination, movement):
        return _news(
            movement, "transfer.departed", Audience(establishments=(str(destination.establishment),))
        )
    return _news(movement, "discharge.occurred", others) if movement.kind == "discharge" else None


def _others_than(movement: Movement) -> Audience:
    return Audience(carers=True, professionals=True, except_establishment=movement.establishment)


def _moves_to_a_bed(movement: Movement) -> bool:
    """Whether somebody moves within the establishment to where there are beds, by its own words."""
    to = movement.destination
    if movement.kind != "transfer" or (to is not None and (to.mode == "death" or _leaves_for(to, movement))):
        return False
    return movement.class_of_stay not in (None, *CLASSES_WITHOUT_BED)


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


FactHistory = Sequence[FactVersion]
"""The versions of one fact, oldest first, at least one.

That a movement is another person's comes last while that holds; once it is this person's again, first.
"""

Facts = Mapping[str, FactHistory]
"""Every fact of a person, by its key."""

_AFTER_ALL: Final = datetime.max.replace(tzinfo=UTC)


def in_order_of_attribution(fact: Sequence[FactVersion]) -> list[FactVersion]:
    """The movement is another person's when that is what was published of it last."""
    last = max(fact, key=lambda version: version.event.sequence)
    if last.reassigned is None:
        return [*fact]
    return [
        *(version for version in fact if version is not last),
        replace(last, version=(_AFTER_ALL, True, 0)),
    ]


def became_news_at(event: RecordedEvent) -> datetime:
    """Since when there is something to tell: what is overdue begins when it is found, however late."""
    return event.recorded_at if is_found_overdue(event.data) else event.occurred_at


def before(fact: FactHistory, position: int) -> FactHistory:
    """The versions that one of them may correct or take back; more of them never take one away.

    What the same event means by other facts is among them: it may have been told before these came.
    """
    version = fact[position]
    if version.reassigned is None:
        event_id = version.event.event_id
        others = takewhile(lambda each: each.event.event_id == event_id, fact[position + 1 :])
        return [*fact[:position], *others]
    number = version.event.sequence
    return [each for each in fact if each.reassigned is None and each.event.sequence < number]


def kinds_of(version: FactVersion, earlier: FactHistory, recipient: Recipient) -> set[str]:
    """The kinds that a version owes a recipient: news, correction, retraction.

    More earlier versions never take one away.
    """
    if version.news is not None and version.news.kind == "person.merged":
        return set()  # only its end is told
    if version.reassigned == "merged":
        return set()  # whoever was told belongs to the circle of the survivor, and was told the truth
    told_before = [version for version in earlier if version.said_to(recipient) != NOTHING]
    if version.news is not None and version.said_to(recipient) != NOTHING:
        kinds = set() if version.only_corrects else {str(version.news.kind)}
        return kinds | ({corrected(version.news.kind)} if told_before else set())
    if not (version.replaces or version.ends):
        return set()
    shown = {version.news.shown_kind for version in told_before if version.news is not None}
    if version.ends and version.news is not None and version.news.audience.includes(recipient):
        shown.add(version.news.shown_kind)  # a cancel without an earlier version says itself what it ends
    return {retracted(kind) for kind in shown if not version.ends or kind in version.ends}
