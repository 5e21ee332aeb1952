"""Describes one access to what is personal, as it is recorded: opaque ids and fixed words, nothing readable.

Names, reasons and other free text are not here: they rest sealed with the person's key where they were given,
and are found by `object_id`. So an erased person needs no change of what can never be changed.
"""

from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

Stage = Literal["asked", "done", "refused", "failed"]
"""`asked` comes before every change that is not recorded in its own commit; without another one of the same
access, nobody knows whether it was made. `failed`: it was not, for another reason than who asked."""

STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


class Entry(Struct, frozen=True, kw_only=True):
    """Who did what, for whom, why and when. The order of the fields is that of the table."""

    at: datetime
    access_id: UUID
    """The request; those about several persons leave one entry for each."""
    operation: str
    stage: Stage
    why: str | None = None
    """The relation or scope by which it was allowed, or the reason for which it was not."""
    person_id: UUID | None = None
    object_id: UUID | None = None
    """What else the request named: a receipt, a grant, an expectation."""
    key_id: UUID | None = None
    source_id: UUID | None = None
    establishment: str | None = None
    """Of the caller; none for the platform's own operators and for who came without a key."""


class ChainedEntry(Struct, frozen=True, kw_only=True):
    """An entry in its place."""

    chain: UUID
    number: int
    entry: Entry
    digest: bytes


def content_of(chain: UUID, number: int, entry: Entry) -> bytes:
    """What the digest of an entry covers: every field, and its place."""
    return msgspec.json.encode([chain, number, *_fields(entry)])


def _fields(entry: Entry) -> tuple[Any, ...]:
    at, *others = astuple(entry)
    return (at.astimezone(UTC), *others)
