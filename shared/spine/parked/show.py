"""What may an operator see of parked events? Their origin and reason; the content only on purpose."""

import base64

from msgspec import convert

from shared.database.pool import Pool
from shared.spine.parked import errors, rows
from shared.spine.parked.record import headers_of
from shared.spine.parked.rows import Row, Wanted
from shared.spine.parked.shapes import Content, ParkedEvent, ParkedEvents, ShownEvent


async def page_of(pool: Pool, wanted: Wanted, *, after: int, limit: int) -> ParkedEvents:
    """A page, oldest first."""
    found = await rows.some(pool, wanted, after=after, limit=limit + 1)
    page = [redacted(row) for row in found[:limit]]
    return ParkedEvents(
        parked=page,
        total=await rows.count(pool, wanted),
        next=page[-1].parked_id if len(found) > limit else None,
    )


async def one_of(pool: Pool, parked_id: int, *, reveal: bool) -> ShownEvent:
    """One event with its neighbours; raises `Problem` when there is none."""
    row = await rows.one(pool, parked_id)
    if row is None:
        raise errors.unknown()
    stream = rows.stream_of(row)
    left = await rows.still_parked(pool, stream) if stream and row["state"] == "parked" else []
    earlier = [other for other in left if other["sequence"] < row["sequence"]]
    return ShownEvent(
        event=redacted(row),
        waits_for=earlier[0]["id"] if earlier else None,
        waiting_behind=sum(other["sequence"] > row["sequence"] for other in left),
        content=_content(row) if reveal else None,
    )


def redacted(row: Row) -> ParkedEvent:
    """A row without what it says, and of whom."""
    return convert({**row, "parked_id": row["id"], "offset": row["record_offset"]}, ParkedEvent)


def _content(row: Row) -> Content:
    return Content(
        subject=row["subject"],
        headers={name: _text(value) for name, value in headers_of(row)},
        key=_text(row["key"] or b""),
        value=_text(row["value"] or b""),
    )


def _text(value: bytes) -> str:
    """The text that it is, or else its bytes in base64."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"base64:{base64.b64encode(value).decode()}"
