"""Waits until everything acknowledged was applied and sent, by the databases."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from tests.continuity.platform.layout import CONSUMES, PUBLISHERS

LOOK_SECONDS: Final = 1.0
_CONNECT_SECONDS: Final = 30
_LEDGER: Final = "SELECT (SELECT count(*) FROM ledger) AS events, (SELECT count(*) FROM outbox) AS unsent"
_INBOX: Final = "SELECT count(*) FROM inbox WHERE publisher = $1"
_PARKED: Final = """
SELECT count(*) FROM parked
WHERE publisher = $1 AND state = 'parked' AND event_id IS NOT NULL AND NOT event_id = ANY($2::uuid[])
"""
_JOINING: Final = "SELECT count(*) FROM identity_work_items WHERE state = 'joining'"
_OPEN: Final = """
SELECT (SELECT count(*) FROM obligations WHERE next_action_at IS NOT NULL) AS due,
    (SELECT count(*) FROM delivery_reports WHERE applied_at IS NULL) AS reports
"""


@dataclass(frozen=True)
class RemainingWork:
    """The work that is left; empty when nothing is."""

    unsent: Mapping[str, int] = field(default_factory=dict)
    """Publisher -> events that the broker has not acknowledged."""
    unapplied: Mapping[str, int] = field(default_factory=dict)
    """`consumer<publisher` -> events that are neither applied nor parked."""
    joining: int = 0
    """Pairs of persons that are about to be made one."""
    due: int = 0
    reports: int = 0

    @property
    def is_settled(self) -> bool:
        left = (*self.unsent.values(), *self.unapplied.values(), self.joining, self.due, self.reports)
        return not any(left)


async def until_settled(
    databases: Mapping[str, str], *, poison: Collection[str], within_seconds: float
) -> RemainingWork:
    """The remaining work: empty, or what is left when the time is up."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + within_seconds
    while True:
        remaining = await remaining_work(databases, poison=poison)
        if remaining.is_settled or clock() > deadline:
            return remaining
        await asyncio.sleep(LOOK_SECONDS)


async def remaining_work(databases: Mapping[str, str], *, poison: Collection[str]) -> RemainingWork:
    """The work that is left now; `poison` are the ids of events that no ledger has."""
    connections = {service: await _connect(url) for service, url in databases.items()}
    try:
        ledgers = {publisher: await connections[publisher].fetchrow(_LEDGER) for publisher in PUBLISHERS}
        unapplied = {}
        for consumer, publishers in CONSUMES.items():
            for publisher in publishers:
                held = await connections[consumer].fetchval(_INBOX, publisher)
                held += await connections[consumer].fetchval(_PARKED, publisher, list(poison))
                unapplied[f"{consumer}<{publisher}"] = ledgers[publisher]["events"] - held
        joining = await connections["admission"].fetchval(_JOINING)
        still_open = await connections["notifications"].fetchrow(_OPEN)
    finally:
        await asyncio.gather(*(connection.close() for connection in connections.values()))
    return RemainingWork(
        unsent={publisher: row["unsent"] for publisher, row in ledgers.items()},
        unapplied=unapplied,
        joining=joining,
        due=still_open["due"],
        reports=still_open["reports"],
    )


async def _connect(url: str) -> Any:
    return await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
