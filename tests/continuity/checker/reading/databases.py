"""Reads the four databases after a run: once, read-only, by plain SQL."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import asyncpg

Row = Mapping[str, Any]

CONSUMED: Final[Mapping[str, tuple[str, ...]]] = {
    "pathway": ("admission",),
    "notifications": ("admission", "pathway"),
    "indicators": ("admission", "pathway", "notifications"),
}
"""Consumer -> the publishers that it consumes."""

_SPINE: Final[Mapping[str, str]] = {
    "ledger": "SELECT id, event_id::text, subject::text, sequence, type, occurred_at, recorded_at,"
    " convert_from(data, 'UTF8') AS data FROM ledger ORDER BY id",
    "subjects": "SELECT subject::text, last_sequence FROM subjects",
    "outbox": "SELECT id FROM outbox",
    "inbox": "SELECT event_id::text, publisher, subject::text, sequence, applied_at FROM inbox",
    "parked": "SELECT event_id::text, publisher, subject::text, state, reason, topic,"
    " encode(key, 'escape') AS key FROM parked",
    "accesses": "SELECT access_id::text, operation, stage, person_id::text, object_id::text, key_id::text,"
    " establishment FROM audit.entries",
    "clock": "SELECT clock_timestamp() AS now",
    "slots": "SELECT slot_name FROM pg_replication_slots",
}
_HISTORY: Final[Mapping[str, Mapping[str, str]]] = {
    "continuity_positions": {
        "positions": "SELECT id, txid, at, cluster_id, topic, partition, epoch, next_offset"
        " FROM continuity_positions ORDER BY id",
    },
    "continuity_arrivals": {"arrivals": "SELECT event_id::text, at, txid FROM continuity_arrivals"},
    "continuity_attempts": {
        "attempt_moves": "SELECT id, attempt_id::text, status, at FROM continuity_attempts ORDER BY id",
    },
}
"""Filled by triggers that the harness installs; absent elsewhere."""
_OWN: Final[Mapping[str, Mapping[str, str]]] = {
    "admission": {
        "submissions": "SELECT source_id::text, source_event_id, encode(content_sha256, 'hex') AS sha256,"
        " event_id::text FROM submissions",
        "statements": "SELECT source_event_id, receipt_id::text FROM identity_statements",
    },
    "pathway": {
        "movement_events": "SELECT event_id::text, convert_from(data, 'UTF8') AS data FROM movement_events",
        "pathways": "SELECT person_id::text, document::text FROM pathways",
        "expectations": "SELECT person_id::text, expectation_id::text, departure_movement_id::text,"
        " to_establishment, departed_at, due_at, arrival_movement_id::text, arrived_at, state"
        " FROM expectations",
    },
    "notifications": {
        "facts": "SELECT event_id::text, publisher, convert_from(data, 'UTF8') AS data FROM facts",
        "members": "SELECT member_id::text, person_id::text, carer_id::text, discretion, joined_at,"
        " revoked_at FROM members",
        "obligations": "SELECT obligation_id::text, event_id::text, recipient_id::text, person_id::text,"
        " kind, fact_key, said, status, reason, superseded_by::text, not_before, next_action_at,"
        " settled_at, fact_occurred_at FROM obligations",
        "attempts": "SELECT attempt_id::text, obligation_id::text, number, channel, status, reason,"
        " claimed_at, lease_until FROM attempts",
        "human_tasks": "SELECT obligation_id::text, reason FROM human_tasks",
        "transitions": "SELECT obligation_id::text, status FROM transitions ORDER BY id",
        "reports_waiting": "SELECT report_id FROM delivery_reports WHERE applied_at IS NULL",
    },
    "indicators": {
        "movement_facts": "SELECT event_id::text, action, movement_id::text, kind, establishment,"
        " destination_establishment, occurred_at, emitted_at FROM movement_facts",
        "reassignment_facts": "SELECT event_id::text, movement_id::text, establishment"
        " FROM reassignment_facts",
        "expectation_facts": "SELECT event_id::text FROM expectation_facts",
        "obligation_facts": "SELECT event_id::text, obligation_id::text, outcome FROM obligation_facts",
    },
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One row of a ledger."""

    id: int
    event_id: str
    subject: str
    sequence: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    data: Row

    @property
    def is_movement(self) -> bool:
        """Whether it states something of a movement, for the first time or again."""
        return (
            self.type.startswith("relais.admission.")
            and "movement_id" in self.data
            and not self.is_reassignment
        )

    @property
    def is_merge(self) -> bool:
        """Whether it says that its subject is one with another person, or is not."""
        return self.type in {f"relais.admission.persons-{step}.v1" for step in ("merged", "unmerged")}

    @property
    def is_reassignment(self) -> bool:
        """Whether it says that a movement is no fact of its subject any more."""
        return self.type == "relais.admission.movement-reassigned.v1"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One service's database; `tables` maps a table's name to its rows."""

    now: datetime
    ledger: tuple[Event, ...] = ()
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def rows(self, table: str) -> tuple[Row, ...]:
        return self.tables.get(table, ())


def read_databases(addresses: Mapping[str, str]) -> dict[str, Stored]:
    """Read every service's database."""
    return {service: asyncio.run(_read(service, address)) for service, address in addresses.items()}


async def _read(service: str, address: str) -> Stored:
    connection = await asyncpg.connect(address, timeout=30, command_timeout=600)
    try:
        # One snapshot for all tables, so that they are consistent with each other.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            queries = {**_SPINE, **_OWN[service]}
            for table, history in _HISTORY.items():
                if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
                    queries |= history
            tables = {name: tuple(await connection.fetch(query)) for name, query in queries.items()}
    finally:
        await connection.close()
    return Stored(
        now=tables["clock"][0]["now"],
        ledger=tuple(Event(**{**row, "data": json.loads(row["data"])}) for row in tables.pop("ledger")),
        tables=tables,
    )
