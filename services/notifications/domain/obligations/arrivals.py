"""Turns what pathway says of an arrival that is watched into versions of one fact, with their news."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from services.notifications.domain.obligations.catalogue import Audience, FactKind
from services.notifications.domain.obligations.statements import FactVersion, News
from shared.events.envelope import RecordedEvent
from shared.events.pathway import (
    ExpectationEvent,
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)

_ONE_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The same for every version of what one service states: their order is that of publication."""


def version_of_arrival(event: RecordedEvent, watched: ExpectationEvent) -> FactVersion:
    """A version of an expectation, in the order in which pathway stated it."""
    key = f"arrival:{watched.expectation_id}"
    return FactVersion(
        event=event,
        fact_key=key,
        aspect=key,
        version=(_ONE_MOMENT, False, event.sequence),
        stated_by=watched.from_establishment,
        news=_news_of_arrival(watched),
        ends=_ends(watched),
        replaces=False,
        only_corrects=isinstance(watched, RuptureClosed),
        reassigned=watched.reassigned if isinstance(watched, ExpectationWithdrawn | RuptureClosed) else None,
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
    """Carers hear of an arrival from the destination's admission, the establishment that was left hears
    of it from pathway; neither waits for the other."""
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
