"""Loads a part of a national extract: each line is stored or accounted for; a repetition changes nothing."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from services.admission.domain.directory.entries import (
    Entry,
    Establishment,
    Mailbox,
    Practice,
    Professional,
)
from services.admission.domain.directory.extract import Extract, NotAnEntryError, decoded
from services.admission.domain.directory.extracts import extract_of
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.directory.establishments import save_establishments
from services.admission.storage.directory.professionals import (
    save_mailboxes,
    save_practices,
    save_professionals,
)
from shared.database.pool import Connection
from shared.database.transaction import transaction

SECOND_LINE: Final = 2
YIELD_EVERY: Final = 200
"""So many lines are read before the event loop turns to other requests."""


class RefusedLine(Struct, frozen=True):
    """A line of which nothing was stored, and why; what it says is not repeated."""

    line: int
    """In the file, counted from 1."""
    reason: str


class LoadedExtract(Struct, frozen=True, kw_only=True):
    """What became of the lines."""

    kind: str
    """finess, professionals or mailboxes."""
    lines: int
    """All but empty ones and the names of the columns."""
    stated: int
    """Those that state an entry of the directory; the others are of no concern here, or refused."""
    changed: int
    """Entries that were new, or are not as they were."""
    refused: tuple[RefusedLine, ...]


class _Line(NamedTuple):
    number: int
    text: bytes


async def load_extract(dependencies: Dependencies, body: bytes, *, first_line: int) -> LoadedExtract:
    """Load a part of an extract in one transaction; raises UnknownExtractError.

    The body begins with the first line of the file, by which it is recognised; then come lines of the file,
    of which the first one has the number `first_line`.
    """
    header, *rest = body.splitlines() or [b""]
    extract = extract_of(decoded(header))
    lines = [_Line(number, text) for number, text in enumerate(rest, first_line) if text.strip()]
    if first_line == SECOND_LINE and not extract.names_columns:
        lines.insert(0, _Line(1, header))
    stated, refused = await _read(extract, lines)
    async with transaction(dependencies.pool) as connection:
        changed = await _save(connection, [entry for entries in stated for entry in entries])
    return LoadedExtract(
        kind=extract.kind,
        lines=len(lines),
        stated=sum(1 for entries in stated if entries),
        changed=changed,
        refused=tuple(refused),
    )


async def _read(extract: Extract, lines: Sequence[_Line]) -> tuple[list[list[Entry]], list[RefusedLine]]:
    stated: list[list[Entry]] = []
    refused: list[RefusedLine] = []
    for count, line in enumerate(lines, 1):
        try:
            stated.append(list(extract.entries(decoded(line.text))))
        except NotAnEntryError as error:
            refused.append(RefusedLine(line.number, str(error)))
        if count % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return stated, refused


async def _save(connection: Connection, entries: Iterable[Entry]) -> int:
    """Store the entries, of those under one key the last; returns how many changed."""
    establishments: dict[str, Establishment] = {}
    professionals: dict[str, Professional] = {}
    mailboxes: dict[tuple[str, str], Mailbox] = {}
    practices: set[Practice] = set()
    for entry in entries:
        match entry:
            case Establishment():
                establishments[entry.finess] = entry
            case Professional():
                professionals[entry.rpps] = entry
            case Practice():
                practices.add(entry)
            case Mailbox():
                mailboxes[entry.holder, entry.address] = entry
    changed = 0
    if establishments:
        changed += await save_establishments(connection, establishments.values())
    if professionals:
        changed += await save_professionals(connection, professionals.values())
    if practices:
        changed += await save_practices(connection, practices)
    if mailboxes:
        changed += await save_mailboxes(connection, mailboxes.values())
    return changed
