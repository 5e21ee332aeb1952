"""Holds the SQL of the work list of identities."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.admission.domain.doubts import Finding
from services.admission.domain.identities.work_item import MACHINE, Decision, State, WorkItem
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
# Who is one by an INS, and of whom establishments disagree by now: the item by which they became one is open
# again, unless a person settled it who knew of as much.
_DOUBT: Final = """
INSERT INTO identity_work_items AS item
    (work_item_id, person_id, other_person_id, finding, state, establishments, evidence, disagreeing, unknown,
    found_at, decisions)
SELECT $1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, '[]'
ON CONFLICT (least(person_id, other_person_id), greatest(person_id, other_person_id)) DO UPDATE
SET state = excluded.state, finding = excluded.finding, establishments = excluded.establishments,
    evidence = excluded.evidence, disagreeing = excluded.disagreeing, unknown = excluded.unknown,
    found_at = excluded.found_at
WHERE item.state <> 'joining' AND NOT (
    item.disagreeing @> excluded.disagreeing AND item.establishments @> excluded.establishments
    AND (item.decisions -> -1 ->> 'author') IS DISTINCT FROM $11
)
"""
_KNOWN: Final = "SELECT * FROM identity_work_items WHERE work_item_id = ANY ($1)"
# Of two who became one in another way there is nothing to decide, as long as they are.
_LIST: Final = """
SELECT * FROM identity_work_items
WHERE state = $1 AND (state <> 'open' OR finding = 'different_persons' OR NOT EXISTS (
        SELECT FROM persons AS one, persons AS other
        WHERE one.person_id = identity_work_items.person_id AND other.person_id = other_person_id
            AND coalesce(one.survivor_id, one.person_id) = coalesce(other.survivor_id, other.person_id)
    ))
    AND ($2::text[] IS NULL OR establishments <@ $2) AND (found_at, work_item_id) > ($3, $4)
ORDER BY found_at, work_item_id LIMIT $5
"""
# Two who are not one any more have two survivors, and their item is settled.
_OPEN_ABOUT: Final = """
SELECT coalesce(one.survivor_id, one.person_id) AS about, item.*
FROM identity_work_items AS item JOIN persons AS one USING (person_id)
WHERE item.state = 'open' AND item.finding = 'different_persons'
    AND coalesce(one.survivor_id, one.person_id) = ANY ($1)
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


async def doubt(connection: Connection, items: Sequence[WorkItem]) -> None:
    """Open the items about joins that may have been mistaken."""
    for item in items:
        await connection.execute(
            _DOUBT,
            item.work_item_id,
            item.person_id,
            item.other_person_id,
            item.finding,
            item.state,
            list(item.establishments),
            msgspec.json.encode(item.evidence).decode(),
            list(item.disagreeing),
            list(item.unknown),
            item.found_at,
            MACHINE,
        )


async def known(connection: Executor, work_item_ids: Sequence[UUID]) -> list[WorkItem]:
    """Those of these ids that are items."""
    return [_item(row) for row in await connection.fetch(_KNOWN, list(work_item_ids))]


async def open_about(connection: Executor, persons: Sequence[UUID]) -> list[tuple[UUID, WorkItem]]:
    """The open items about joins of these persons, survivors of any merges, that may have been mistaken."""
    return [(row["about"], _item(row)) for row in await connection.fetch(_OPEN_ABOUT, persons)]


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
