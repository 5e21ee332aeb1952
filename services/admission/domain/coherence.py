"""Which fields of a movement contradict each other? Only what cannot be meant is refused.

Whatever could be true of a person (a discharge before its admission, a date far ahead) is accepted and
marked: a refused fact is a lost one. Each rule names the fields it needs, so that a body with other
mistakes can still be checked against it, and the sender learns of all its mistakes at once.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from services.admission.domain.movement import Destination, Identifier, Moment, Origin, StatedMovement
from shared.events.admission import MovementKind

BILLING_NUMBER: Final = "NH"
"""Belongs to the insured, so a whole family may share it: never an identity (PAM.fr, CX-5)."""

YEARS: Final = range(1900, 2200)


class Incoherence(NamedTuple):
    """What is wrong, and where (a JSON pointer)."""

    pointer: str
    detail: str


class Route(Struct, frozen=True):
    """From where to where."""

    kind: MovementKind
    origin: Origin | None = None
    destination: Destination | None = None


class Times(Struct, frozen=True):
    """When it happened, and when it was said."""

    occurred_at: Moment
    emitted_at: Moment


class Numbers(Struct, frozen=True):
    """The numbers of the person."""

    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1)]


class WhoseMovement(Struct, frozen=True):
    """Whom it is about."""

    person: Numbers


def incoherences(movement: StatedMovement) -> list[Incoherence]:
    """Every contradiction of a movement whose fields are each valid."""
    return [*_route(movement), *_times(movement), *_whose(movement)]


def _route(part: Route | StatedMovement) -> Iterator[Incoherence]:
    if part.origin is not None:
        if part.kind == "discharge":
            yield Incoherence("/origin", "a discharge has a destination, not an origin")
        if part.origin.mode == "death":
            yield Incoherence("/origin/mode", "nobody enters by death")
    if part.destination is not None:
        if part.kind == "admission":
            yield Incoherence("/destination", "an admission has an origin, not a destination")
        if part.destination.mode == "birth":
            yield Incoherence("/destination/mode", "nobody leaves by birth")
        if part.destination.mode == "death" and part.destination.establishment is not None:
            yield Incoherence("/destination/establishment", "after a death nobody is expected anywhere")
        if part.destination.mode == "death" and part.destination.expected_at is not None:
            yield Incoherence("/destination/expected_at", "after a death nobody is expected anywhere")


def _times(part: Times | StatedMovement) -> Iterator[Incoherence]:
    for name, moment in (("occurred_at", part.occurred_at), ("emitted_at", part.emitted_at)):
        if moment.year not in YEARS:
            yield Incoherence(f"/{name}", "must be from 1900 to 2199")


def _whose(part: WhoseMovement | StatedMovement) -> Iterator[Incoherence]:
    if all(identifier.type == BILLING_NUMBER for identifier in part.person.identifiers):
        yield Incoherence("/person/identifiers", "a billing number (NH) identifies nobody; another is needed")


PARTS: Final[tuple[tuple[type[Struct], Callable[..., Iterator[Incoherence]]], ...]] = (
    (Route, _route),
    (Times, _times),
    (WhoseMovement, _whose),
)
"""What each rule can be told about a body that is not a valid movement as a whole."""
