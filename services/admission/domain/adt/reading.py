"""Collects what one message states, where in it each part stands, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final, Literal

from msgspec import Struct

from services.admission.domain.adt.dialect import Dialect
from services.admission.domain.adt.synthesised_numbers import SynthesisedNumber
from services.admission.domain.hl7v2.findings import Code, Finding
from services.admission.domain.hl7v2.message import Message, Place, Segment
from services.admission.domain.identities.statement import Action

Command = Action | Literal["movement"]
_OF_ALL: Final = frozenset({"MSH", "EVN"})


class Sender(Struct, frozen=True, kw_only=True):
    """What is known of a message beside the message."""

    establishment: str
    zone: tzinfo
    """In which a time without an offset is."""
    received_at: datetime
    dialect: Dialect
    takes_tests: bool
    """Whether messages of training and debugging mean anybody (MSH-11: T, D)."""


class AdtStatement(Struct, frozen=True, kw_only=True):
    """One statement of our own contract, as JSON."""

    command: Command
    body: dict[str, Any]
    places: dict[str, Place]
    """JSON pointer -> where that stands in the message."""
    synthesised: SynthesisedNumber | None = None
    """Where the message has no number of its own for what happens once in a stay."""
    text: str = ""
    """The part of the message that is kept with it; empty where a statement before it keeps that."""

    def place_of(self, pointer: str) -> Place | None:
        """Where the nearest part that came from the message stands."""
        while pointer:
            if pointer in self.places:
                return self.places[pointer]
            pointer = pointer.rpartition("/")[0]
        return None


class Reading(Struct, frozen=True, kw_only=True):
    """What a message states; nothing, where anything is wrong with it."""

    statements: tuple[AdtStatement, ...] = ()
    findings: tuple[Finding, ...] = ()
    event: str = ""
    is_ignored: bool = False
    """Whether its event means nothing here, and that is no mistake."""

    @property
    def is_refused(self) -> bool:
        return any(not finding.is_warning for finding in self.findings)


@dataclass(slots=True)
class Findings:
    """What is found while a message is read."""

    found: list[Finding] = field(default_factory=list)

    def error(self, code: Code, french: str, english: str, place: Place | None = None) -> None:
        self.found.append(Finding(code=code, french=french, english=english, place=place))

    def warn(self, code: Code, french: str, english: str, place: Place | None = None) -> None:
        self.found.append(Finding(code=code, french=french, english=english, place=place, is_warning=True))

    def missing(self, segment: str, place_field: int | None = None) -> None:
        """A segment, or a field of it, that is needed is not there."""
        if place_field is None:
            self.error(100, f"Segment {segment} absent.", f"Segment {segment} is missing.", Place(segment))
        else:
            name = f"{segment}-{place_field}"
            self.error(101, f"{name} absent.", f"{name} is missing.", Place(segment, place_field))


class Group(Struct, frozen=True):
    """The segments about one person: PID and what follows up to the next PID; EVN and MSH are of all."""

    message: Message
    segments: tuple[Segment, ...]

    def first(self, name: str) -> Segment:
        """The first segment of this name in the group, or before all groups; an empty one without any."""
        own = next((each for each in self.segments if each.name == name), None)
        return own or Segment(name, (), self.message.delimiters)

    def has(self, name: str) -> bool:
        return any(each.name == name for each in self.segments)

    def written(self, *, with_header: bool) -> str:
        """What the message says of this person alone, and once what it says of all."""
        own = (each for each in self.segments if with_header or each.name not in _OF_ALL)
        return "\r".join(each.written() for each in own)

    def text(self, place: str) -> str:
        """What stands at a place such as `PV1-19.1`."""
        name, _, number = place.partition("-")
        numbers = [int(each) for each in number.split(".") if each.isdigit()]
        return self.first(name).text(*numbers[:3]) if numbers else ""


def groups_of(message: Message) -> list[Group]:
    """One group for each PID; the header and the event are in all of them."""
    common = [each for each in message.segments if each.name in _OF_ALL]
    groups: list[list[Segment]] = []
    for segment in message.segments:
        if segment.name == "PID":
            groups.append([*common, segment])
        elif groups and segment.name not in _OF_ALL:
            groups[-1].append(segment)
    return [Group(message, tuple(group)) for group in groups]


def cleaned(text: str) -> str:
    """The text on one line, without control characters."""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(text.split())
