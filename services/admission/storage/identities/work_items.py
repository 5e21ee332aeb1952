"""Holds the SQL of the work list of identities."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.admission.domain.doubts import Finding
from services.admission.domain.identities.work_item import Decision, State, WorkItem
from shared.database.pool import Connection, Executor

ListKey = tuple[datetime, UUID]
"""Where an item stands in the list: when it was found, and its id."""

# Two persons have one item, whoever was named first. One that a person has settled stays as it is, and one
# that is open becomes `joining` when later traits agree.
_ADD: Final = """
INSERT INTO identity_work_items
    (work_item_id, person_id, other_person_id, finding, state, establishments, evidence, disagreeing, unknown,
    found_at, decisions)
SELECT (w ->> 'work_item_id')::uuid, (w ->> 'person_id')::uuid, (w ->> 'other_person_id')::uuid,
    w ->> 'finding', w ->> 'state',
    ARRAY(SELECT jsonb_array_elements_text(w -> 'establishments')), w -> 'evidence',
    ARRAY(SELECT jsonb_array_elements_text(w -> 'disagreeing')),
    ARRAY(SELECT jsonb_array_elements_text(w -> 'unknown')), (w ->> 'found_at')::timestamptz, '[]'
FROM jsonb_array_elements($1::text::jsonb) AS w
ORDER BY least(w ->> 'person_id', w ->> 'other_person_id'),
    greatest(w ->> 'person_id', w ->> 'other_person_id')
ON CONFLICT (least(person_id, other_person_id), greatest(person_id, other_person_id)) DO UPDATE
SET state = 'joining', finding = 'join', evidence = excluded.evidence, disagreeing = excluded.disagreeing,
    unknown = excluded.unknown
WHERE identity_work_items.state = 'open' AND excluded.state = 'joining'
    AND identity_work_items.finding <> 'stated_as_one'
"""
# Of two who became one in another way there is nothing to decide, as long as they are.
_LIST: Final = """
SELECT * FROM identity_work_items
WHERE state = $1 AND (state <> 'open' OR NOT EXISTS (
        SELECT FROM persons AS one, persons AS other
        WHERE one.person_id = identity_work_items.person_id AND other.person_id = other_person_id
            AND coalesce(one.survivor_id, one.person_id) = coalesce(other.survivor_id, other.person_id)
    ))
    AND ($2::text[] IS NULL OR establishments <@ $2) AND (found_at, work_item_id) > ($3, $4)
ORDER BY found_at, work_item_id LIMIT $5
"""
_FIND: Final = "SELECT * FROM identity_work_items WHERE work_item_id = $1"
_LEAVE_OPEN: Final = "UPDATE identity_work_items SET state = 'open', finding = $2 WHERE work_item_id = $1"
_DECIDE: Final = """
UPDATE identity_work_items SET state = 'settled', decisions = decisions || $2::text::jsonb
WHERE work_item_id = $1
"""


async def add(connection: Connection, items: Sequence[WorkItem]) -> None:
    """Add the items of pairs that have none."""
    await connection.execute(_ADD, msgspec.json.encode(items).decode())


async def items_after(
    connection: Executor, after: ListKey, *, state: State, establishments: Sequence[str] | None, limit: int
) -> list[WorkItem]:
    """The items that follow `after`, oldest first: those that concern no others than these establishments.

    `None`: all of them.
    """
    rows = await connection.fetch(_LIST, state, establishments, *after, limit)
    return [_item(row) for row in rows]


async def find(connection: Executor, work_item_id: UUID) -> WorkItem | None:
    """The item; `None` when there is none."""
    row = await connection.fetchrow(_FIND, work_item_id)
    return None if row is None else _item(row)


async def leave_open(connection: Connection, work_item_id: UUID, *, finding: Finding) -> None:
    """Leave to a person what the machine was about to do."""
    await connection.execute(_LEAVE_OPEN, work_item_id, finding)


async def decide(connection: Connection, work_item_id: UUID, decision: Decision) -> None:
    """Add a decision, which settles the item."""
    await connection.execute(_DECIDE, work_item_id, msgspec.json.encode(decision).decode())


def _item(row: Any) -> WorkItem:
    written = {name: msgspec.json.decode(row[name]) for name in ("evidence", "decisions")}
    return msgspec.convert(dict(row) | written, WorkItem)
