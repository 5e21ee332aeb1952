"""Shows parked events to an operator: their origin and reason, and their content only on request."""

import base64

from msgspec import convert

from shared.database.pool import Pool
from shared.security.audit.access import note
from shared.spine.parked import rows
from shared.spine.parked.errors import NothingParked
from shared.spine.parked.record import headers_of
from shared.spine.parked.rows import ParkedFilter, Row
from shared.spine.parked.shapes import Content, ParkedEvent, ParkedEvents, ShownEvent


async def show_page(pool: Pool, filters: ParkedFilter, *, after: int, limit: int) -> ParkedEvents:
    """Return a page of events, oldest first, without content."""
    found = await rows.page(pool, filters, after=after, limit=limit + 1)
    page = [_without_content(row) for row in found[:limit]]
    return ParkedEvents(
        parked=page,
        total=await rows.count(pool, filters),
        next=page[-1].parked_id if len(found) > limit else None,
    )


async def show_event(pool: Pool, parked_id: int, *, reveal: bool) -> ShownEvent:
    """Return one event and what waits before and behind it; raises NothingParked.

    `reveal` adds the content, which is there as long as the event is parked.
    """
    row = await rows.one(pool, parked_id)
    if row is None:
        raise NothingParked
    if row["subject"] is not None:
        note(row["subject"], why="platform", object_id=row["event_id"])
    stream = rows.stream_of(row)
    left = await rows.still_parked(pool, stream) if stream and row["state"] == "parked" else []
    earlier = [other for other in left if other["sequence"] < row["sequence"]]
    return ShownEvent(
        event=_without_content(row),
        waits_for=earlier[0]["id"] if earlier else None,
        waiting_behind=sum(other["sequence"] > row["sequence"] for other in left),
        content=_content_of(row) if reveal and row["state"] == "parked" else None,
    )


def _without_content(row: Row) -> ParkedEvent:
    """Return where the event came from and what became of it, and nothing about the person."""
    return convert({**row, "parked_id": row["id"], "offset": row["record_offset"]}, ParkedEvent)


def _content_of(row: Row) -> Content:
    return Content(
        subject=row["subject"],
        headers={name: _decode_text(value) for name, value in headers_of(row)},
        key=_decode_text(row["key"] or b""),
        value=_decode_text(row["value"] or b""),
    )


def _decode_text(value: bytes) -> str:
    """Return bytes as text, or in base64 when they are not UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"base64:{base64.b64encode(value).decode()}"
