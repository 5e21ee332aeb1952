"""What does a watched arrival tell, and to whom? The desks of both establishments, never carers."""

from datetime import UTC, datetime
from typing import Final

from services.notifications.domain.audience import Audience
from services.notifications.domain.kinds import FactKind
from services.notifications.domain.statements import News, Statement
from shared.events.envelope import RecordedEvent
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)

WatchedArrival = ExpectationOpened | ExpectationMet | ExpectationWithdrawn | RuptureOpened | RuptureClosed

_AT_ALL_TIMES: Final = datetime(1970, 1, 1, tzinfo=UTC)


def statement_of_arrival(event: RecordedEvent, watched: WatchedArrival) -> Statement:
    """What pathway says of one expectation, in the order in which it said it."""
    key = f"arrival:{watched.expectation_id}"
    return Statement(
        event=event,
        fact_key=key,
        aspect=key,
        version=(False, _AT_ALL_TIMES, event.sequence),
        stated_by=watched.from_establishment,
        news=_news(watched),
        ends=_ends(watched),
        replaces=False,
        only_corrects=isinstance(watched, RuptureClosed),
    )


def _ends(watched: WatchedArrival) -> tuple[FactKind, ...]:
    match watched:
        case ExpectationOpened():  # again: the arrival that was stated did not take place
            return ("transfer.arrived",)
        case ExpectationWithdrawn():
            return ("transfer.arrived", "transfer.overdue")
        case RuptureClosed(reason="withdrawn"):
            return ("transfer.overdue",)
        case _:
            return ()


def _news(watched: WatchedArrival) -> News | None:
    both = Audience(desks=(watched.from_establishment, watched.to_establishment))
    match watched:
        case ExpectationMet():
            return News(
                kind="transfer.arrived",
                shown_kind="transfer.arrived",
                audience=Audience(desks=(watched.from_establishment,)),
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
        case RuptureClosed(reason="arrived"):
            return News(
                kind="transfer.overdue",
                shown_kind="transfer.arrived",
                audience=both,
                occurred_at=watched.closed_at,
                said="transfer.arrived",
            )
        case _:
            return None
