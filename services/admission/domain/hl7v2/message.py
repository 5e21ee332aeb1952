"""Defines a message as its segments and fields; what is in a field is taken apart when it is asked for.

Places are those of the standard: PID-3.4.2 is segment, field, component, subcomponent, counted from 1.
"""

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from services.admission.domain.hl7v2.escapes import unescaped

DELETED: Final = '""'
"""The null of HL7: whatever was known is to be deleted; an empty field says nothing."""

SUBCOMPONENT: Final = 3


class Delimiters(Struct, frozen=True):
    """The characters that MSH-1 and MSH-2 name."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def escapes(self) -> dict[str, str]:
        """Letter of an escape sequence -> the delimiter for which it stands."""
        return {
            "F": self.field,
            "S": self.component,
            "T": self.subcomponent,
            "R": self.repetition,
            "E": self.escape,
        }


class Place(Struct, frozen=True):
    """Where something stands in a message: what an ERR segment says of it (ERR-2)."""

    segment: str
    field: int | None = None
    repetition: int | None = None
    component: int | None = None
    occurrence: int = 1
    """Which of several segments of this name."""


class Value:
    """One repetition of a field."""

    __slots__ = ("_delimiters", "_parts", "raw")

    def __init__(self, raw: str, delimiters: Delimiters) -> None:
        self.raw = raw
        self._delimiters = delimiters
        self._parts: list[str] | None = None

    @property
    def is_deleted(self) -> bool:
        return self.raw == DELETED

    def text(self, component: int = 1, subcomponent: int = 1) -> str:
        """What stands there, without escapes; empty where nothing does, or where it is to be deleted."""
        if not self.raw:
            return ""
        if self._parts is None:
            self._parts = self.raw.split(self._delimiters.component)
        if component > len(self._parts):
            return ""
        parts = self._parts[component - 1].split(self._delimiters.subcomponent)
        if subcomponent > len(parts):
            return ""
        found = parts[subcomponent - 1]
        if found == DELETED:
            return ""
        delimiters = self._delimiters
        # Naming all escapes takes longer than the rest, and hardly any value has one.
        if delimiters.escape not in found:
            return found
        return unescaped(found, delimiters.escape, delimiters.escapes)


class Segment(Struct, frozen=True):
    """A line of a message."""

    name: str
    fields: tuple[str, ...]
    """As they came; of MSH, the first one is MSH-1, which is the delimiter itself."""
    delimiters: Delimiters

    def written(self) -> str:
        """The line, as it came."""
        if self.name == "MSH":
            return self.name + self.delimiters.field + self.delimiters.field.join(self.fields[1:])
        return self.delimiters.field.join((self.name, *self.fields))

    def raw(self, field: int) -> str:
        """The field as it came; empty where there is none."""
        return self.fields[field - 1] if 0 < field <= len(self.fields) else ""

    def deletes(self, field: int) -> bool:
        """Whether what is known is to be deleted: `""`, also where it stands in each component."""
        first = self.value(field).raw.split(self.delimiters.component, 1)[0]
        return first.split(self.delimiters.subcomponent, 1)[0] == DELETED

    def value(self, field: int) -> Value:
        """Its first repetition."""
        return Value(self.raw(field).split(self.delimiters.repetition, 1)[0], self.delimiters)

    def values(self, field: int) -> Iterator[Value]:
        """Its repetitions, those included that are empty."""
        for raw in self.raw(field).split(self.delimiters.repetition):
            yield Value(raw, self.delimiters)

    def text(self, field: int, component: int = 1, subcomponent: int = 1) -> str:
        """What stands there in the first repetition."""
        return self.value(field).text(component, subcomponent)


AcknowledgementWanted = Literal["AL", "NE", "ER", "SU", ""]
"""Table 0155: always, never, of errors, of success; empty says nothing."""


class Message(Struct, frozen=True):
    """A message that could be read."""

    segments: tuple[Segment, ...]
    """MSH first."""
    charset: str
    """The codec in which it came."""
    text: str
    """All of it, as it came."""
    unread_lines: tuple[int, ...] = ()
    """Lines, counted from 1, that are no segments."""

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def delimiters(self) -> Delimiters:
        return self.header.delimiters

    def first(self, name: str) -> Segment:
        """The first segment of this name; an empty one where there is none."""
        return next((each for each in self.segments if each.name == name), Segment(name, (), self.delimiters))

    def all(self, name: str) -> list[Segment]:
        return [each for each in self.segments if each.name == name]

    def has(self, name: str) -> bool:
        return any(each.name == name for each in self.segments)
