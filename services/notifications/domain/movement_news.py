"""What does a movement tell, and to whom? The mapping from movements to the catalogue."""

from datetime import UTC
from typing import Final

from services.notifications.domain.audience import Audience
from services.notifications.domain.kinds import FACT_KINDS, FactKind
from services.notifications.domain.statements import LOCATION, News, Statement
from shared.events.admission import Mode, Movement, MovementCancelled, Place
from shared.events.envelope import RecordedEvent

_BETWEEN_ESTABLISHMENTS: Final[tuple[Mode, ...]] = ("transfer", "mutation")


def statement_of_movement(event: RecordedEvent, movement: Movement) -> Statement:
    """A version of the movement; the last one, when it is a cancel."""
    cancelled = isinstance(movement, MovementCancelled)
    news = _news_of_movement(movement)
    key = f"movement:{movement.movement_id}"
    return Statement(
        event=event,
        fact_key=key,
        aspect=key if news is not None and news.kind == "transfer.departed" else LOCATION,
        version=(cancelled, movement.emitted_at, event.sequence),
        stated_by=movement.establishment,
        news=news,
        ends=FACT_KINDS if cancelled else (),
        death=movement.destination is not None and movement.destination.mode == "death",
    )


def _news_of_movement(movement: Movement) -> News | None:
    """Units are never told, nor a death: a move within the establishment and a death are no news here."""
    origin, destination = movement.origin, movement.destination
    others = Audience(carers=True, professionals=True, not_desk=movement.establishment)
    if movement.kind == "admission":
        if origin is not None and _is_elsewhere(origin, movement):
            return _told(movement, "transfer.arrived", Audience(carers=True))
        return _told(movement, "admission.occurred", others)
    if destination is not None and destination.mode == "death":
        return None
    if destination is not None and _leaves_for(destination, movement):
        return _told(movement, "transfer.departed", Audience(desks=(str(destination.establishment),)))
    return _told(movement, "discharge.occurred", others) if movement.kind == "discharge" else None


def _is_elsewhere(origin: Place, movement: Movement) -> bool:
    """Whoever comes from a unit of the same establishment has not reached a new one."""
    if origin.establishment is None:
        return origin.mode in _BETWEEN_ESTABLISHMENTS
    return origin.establishment != movement.establishment


def _leaves_for(destination: Place, movement: Movement) -> bool:
    """As pathway sees it: who goes home is discharged, also when an establishment cares for them there."""
    if destination.establishment in (None, movement.establishment):
        return False
    return movement.kind == "transfer" or destination.mode in _BETWEEN_ESTABLISHMENTS


def _told(movement: Movement, kind: FactKind, audience: Audience) -> News:
    minute = movement.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return News(
        kind=kind,
        shown_kind=kind,
        audience=audience,
        occurred_at=movement.occurred_at,
        said=f"{kind} {minute} {movement.establishment}",
    )
