"""What do publishers and consumers tell each other about what they hold?"""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from shared.spine.reconciliation.windows import Window
from shared.spine.records.pulled import LedgerEvent

MOST_SPANS: Final = 500

Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Digests(msgspec.Struct, frozen=True, kw_only=True):
    """What one side holds of a publisher, hour by hour."""

    since: datetime | None
    """The first hour of the answer; none when there is nothing at all."""
    until: datetime
    """How far the answer goes: not always as far as was asked. Go on from here."""
    windows: tuple[Window, ...]
    """Those that are not empty."""


class LedgerPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the events that were asked for."""

    events: tuple[LedgerEvent, ...]
    after: int | None = None
    """Gives the next page, with `last`; none on the last one."""
    last: int | None = None
    """Where the cell ended when its first page was read."""


class Span(msgspec.Struct, frozen=True):
    """Events of a subject that follow each other."""

    subject: UUID
    first: Number
    last: Number


class Spans(msgspec.Struct, frozen=True):
    """What is asked for."""

    spans: Annotated[tuple[Span, ...], Meta(max_length=MOST_SPANS)]


class SpansPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the events that were asked for, span by span, in each person's order."""

    events: tuple[LedgerEvent, ...]
    rest: tuple[Span, ...] = ()
    """Ask for these next; none on the last page."""


class Tally(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Events of an establishment that were recorded on a day (UTC)."""

    day: date
    establishment: str | None
    recorded: int = 0
    applied: int = 0
    parked: int = 0
    dismissed: int = 0


class Tallies(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of some days, those without events left out."""

    tallies: tuple[Tally, ...]
