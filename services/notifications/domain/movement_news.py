"""What does a movement tell, and to whom? The mapping from movements to the catalogue."""

from datetime import UTC

from services.notifications.domain.audience import Audience
from services.notifications.domain.kinds import FACT_KINDS, FactKind
from services.notifications.domain.statements import LOCATION, News, Statement
from shared.events.admission import Movement, MovementCancelled
from shared.events.envelope import RecordedEvent


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
        if origin is not None and (origin.mode in ("transfer", "mutation") or origin.establishment):
            return _told(movement, "transfer.arrived", Audience(carers=True))
        return _told(movement, "admission.occurred", others)
    if destination is not None and destination.mode == "death":
        return None
    if destination is not None and destination.establishment not in (None, movement.establishment):
        return _told(movement, "transfer.departed", Audience(desks=(str(destination.establishment),)))
    return _told(movement, "discharge.occurred", others) if movement.kind == "discharge" else None


def _told(movement: Movement, kind: FactKind, audience: Audience) -> News:
    minute = movement.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return News(
        kind=kind,
        shown_kind=kind,
        audience=audience,
        occurred_at=movement.occurred_at,
        said=f"{kind} {minute} {movement.establishment}",
    )
