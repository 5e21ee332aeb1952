"""Folds what pathway publishes, as another service would, and checks that it makes sense."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.pathway.domain.fold import fold
from services.pathway.domain.further.publication import PublishedFurther, change_of_further
from services.pathway.domain.pathway import State
from services.pathway.domain.publication import PublishedExpectation, change_of
from services.pathway.domain.rules import RULES
from shared.events.envelope import NewEvent, Payload, RecordedEvent
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    FurtherExpectationStated,
    RuptureClosed,
    RuptureOpened,
)
from shared.testing.person_history import id_of


class Listener:
    """Keeps the last statement on each expectation and the ruptures that are open."""

    def __init__(self) -> None:
        self.said: dict[UUID, Payload] = {}
        self.ruptured: set[UUID] = set()

    def hear(self, payload: Payload) -> None:
        match payload:
            case RuptureOpened():
                assert payload.rupture_id not in self.ruptured
                assert isinstance(self.said[payload.expectation_id], ExpectationOpened)
                self.ruptured.add(payload.rupture_id)
            case RuptureClosed():
                self.ruptured.remove(payload.rupture_id)
            case ExpectationOpened() | ExpectationMet() | ExpectationWithdrawn():
                assert isinstance(payload, ExpectationOpened) or payload.expectation_id in self.said
                self.said[payload.expectation_id] = payload
            case FurtherExpectationStated():
                self.said[payload.expectation_id] = payload
            case _:
                raise AssertionError(payload)

    def believed_state(self, expectation_id: UUID) -> State:
        """What this listener would answer for an expectation; one it never heard of is withdrawn."""
        match self.said.get(expectation_id):
            case ExpectationOpened():
                return "overdue" if expectation_id in self.ruptured else "open"
            case ExpectationMet(late=late):
                return "met_late" if late else "met"
            case ExpectationWithdrawn(ended_as="elsewhere" | "returned" | "closed" as ended_as):
                return ended_as
            case _:
                return "withdrawn"

    def last_state(self, expectation_id: UUID) -> str:
        """What was said last of a further expectation; one that was never heard of is withdrawn."""
        said = self.said.get(expectation_id)
        return said.state if isinstance(said, FurtherExpectationStated) else "withdrawn"


class Publisher:
    """Takes in events of one person and publishes the differences, as the use case does."""

    def __init__(self) -> None:
        self.known: list[RecordedEvent] = []
        self.published: dict[UUID, PublishedExpectation] = {}
        self.further: dict[UUID, PublishedFurther] = {}

    def take_in(self, events: Iterable[RecordedEvent], *, now: datetime) -> list[NewEvent]:
        self.known += events
        published: list[NewEvent] = []
        known = fold(self.known, RULES, now=now)
        for expectation in known.expectations:
            before = self.published.get(expectation.expectation_id)
            change = change_of(before, expectation, person_id=id_of("person"), now=now, trace={})
            if change is not None:
                self.published[expectation.expectation_id] = change.published
                published += change.events
        for further in known.further_expectations:
            said = self.further.get(further.expectation_id)
            new = change_of_further(
                said,
                further,
                person_id=id_of("person"),
                now=now,
                trace={},
                overdue=further.ended_at is None and now > further.due_at,
            )
            if new is not None:
                self.further[further.expectation_id] = new.published
                published += [new.event] if new.event is not None else []
        return published
