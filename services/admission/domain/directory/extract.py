"""Defines an extract of a national directory: lines of text that each state entries, or fit nothing."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Protocol

from services.admission.domain.directory.entries import Entry
from shared.runtime.errors import UnusableValue


class NotAnEntryError(UnusableValue):
    """The line of an extract states nothing that can be read."""


class UnknownExtractError(UnusableValue):
    """The first line is that of no extract that is known: FINESS, RPPS or MSSanté."""


class Extract(Protocol):
    """One kind of extract."""

    kind: ClassVar[str]
    names_columns: ClassVar[bool]
    """Whether the first line names the columns; otherwise it is a line like all others."""

    def entries(self, line: str) -> Iterable[Entry]:
        """What a line states, nothing when it is of no concern; raises NotAnEntryError."""
        ...


def named(columns: Mapping[str, int], fields: list[str], name: str) -> str:
    """A field without spaces around it; a column that is not there is empty."""
    place = columns.get(name)
    return fields[place].strip() if place is not None and place < len(fields) else ""


def decoded(line: bytes) -> str:
    """The text of a line: UTF-8, as it is written today, or Windows-1252 in older extracts."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
