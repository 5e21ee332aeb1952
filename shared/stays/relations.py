"""Defines a relation: why an establishment may see something of a person, since when and until when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories

Basis = Literal["states", "transfer", "team", "network", "break_the_glass"]
"""`states` and `transfer` follow from the person's own movements; the others are granted."""

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
"""Begins what has no beginning: whoever states a fact may see it."""


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Why some establishments may see something of a person that not everybody may see."""

    establishments: frozenset[str]
    """Those that may see it."""
    basis: Basis
    begins_at: datetime
    ends_at: datetime | None = None
    """From this moment on it gives nothing; `None` while no end is known."""
    stays: frozenset[UUID] | None = None
    """The stays that it shows; `None` where it names none."""
    of: frozenset[str] = frozenset()
    """The establishments whose stays it shows, where it names none; empty: those of all."""

    def shows(self, stay_id: UUID, establishment: str) -> bool:
        """Whether it shows this stay, in this establishment."""
        if self.stays is not None:
            return stay_id in self.stays
        return not self.of or establishment in self.of

    def holds_at(self, moment: datetime | None) -> bool:
        """Whether it holds then. Without a moment, which may have been forgotten, only what holds always."""
        if moment is None:
            return self.begins_at == ALWAYS and self.ends_at is None
        return self.begins_at <= moment and (self.ends_at is None or moment < self.ends_at)


def stated_by(establishments: Collection[str]) -> Relation:
    """The relation of establishments to what they stated themselves."""
    return Relation(establishments=frozenset(establishments), basis="states", begins_at=ALWAYS)


def stating(events: Iterable[RecordedEvent]) -> set[str]:
    """Those that stated something of a person that holds: not cancelled, and not another person's by now."""
    return {
        history.current.establishment
        for history in movement_histories(events)
        if history.reassigned is None and not history.cancelled
    }
