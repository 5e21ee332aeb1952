"""Tells what became of events in this service; asked for receipts."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from shared.database.pool import Executor

AppliedState = Literal["applied", "parked", "dismissed", "pending"]
NOT_APPLIED: Final[frozenset[AppliedState]] = frozenset({"parked", "dismissed"})
"""The states of an event that was parked: only the parked record tells whose fact it states."""

_STATES: Final = """
SELECT asked.event_id,
    CASE
        WHEN EXISTS (SELECT FROM inbox WHERE inbox.event_id = asked.event_id) THEN 'applied'
        ELSE coalesce(parked.state, 'pending')
    END AS state,
    parked.reason
FROM unnest($1::uuid[]) AS asked (event_id)
LEFT JOIN parked ON parked.event_id = asked.event_id AND parked.state <> 'applied'
"""
_PARKED: Final = "SELECT establishment FROM parked WHERE event_id = $1"


class Applied(Struct, frozen=True):
    """Whether an event was applied here, and if not, why."""

    state: AppliedState
    problem: str | UnsetType = UNSET
    """What is wrong with a parked one: a constant phrase."""


async def applied_states(connection: Executor, event_ids: Sequence[UUID]) -> Mapping[UUID, Applied]:
    """What became of each of the events here.

    Applied: its effects are committed. Parked: a person must look. Dismissed: a person decided that it will
    never be applied. Pending: not received yet.
    """
    rows = await connection.fetch(_STATES, event_ids)
    return {
        row["event_id"]: Applied(row["state"], row["reason"] if row["state"] in NOT_APPLIED else UNSET)
        for row in rows
    }


async def applied_state(connection: Executor, event_id: UUID) -> Applied:
    """What became of one event here."""
    return (await applied_states(connection, [event_id]))[event_id]


async def establishment_of_parked(connection: Executor, event_id: UUID) -> str | None:
    """The establishment that a parked event names; None when the record could not be read that far."""
    establishment: str | None = await connection.fetchval(_PARKED, event_id)
    return establishment
