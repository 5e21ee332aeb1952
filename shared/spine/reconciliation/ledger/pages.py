"""Defines the messages in which a publisher hands out the events of its ledger."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from shared.spine.records.pulled import LedgerEvent

MAX_SPANS: Final = 500

Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class LedgerPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the events that were asked for."""

    events: tuple[LedgerEvent, ...]
    after: int | None = None
    """Asks for the next page, with `last`; None on the last one."""
    last: int | None = None
    """Where the cell ended when its first page was read."""


class Span(msgspec.Struct, frozen=True):
    """Events of a subject that follow each other."""

    subject: UUID
    first: Number
    last: Number


class Spans(msgspec.Struct, frozen=True):
    """The spans to read."""

    spans: Annotated[tuple[Span, ...], Meta(max_length=MAX_SPANS)]


class SpansPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the events that were asked for, span by span, in each person's order."""

    events: tuple[LedgerEvent, ...]
    rest: tuple[Span, ...] = ()
    """Ask for these next; empty on the last page."""
