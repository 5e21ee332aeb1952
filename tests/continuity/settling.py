"""Waits until everything acknowledged was applied and sent, by the databases and the broker."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import asyncpg

from tests.continuity.log_ends import LogEnds
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
# The watch looks once a second: what it will find of what was applied a moment ago is still to be done.
_UNJUDGED: Final = """
SELECT (SELECT count(*) FROM expectations WHERE state = 'open' AND due_at < now())
    + (SELECT count(*) FROM pathways WHERE next_plan_at <= now() + interval '5 minutes')
"""
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
    unread: Mapping[str, int] = field(default_factory=dict)
    """`consumer<publisher` -> records that the consumer has not come to; some are in no ledger."""
    joining: int = 0
    """Pairs of persons that are about to be made one."""
    unjudged: int = 0
    """Arrivals whose deadline has passed and plans whose hour has come, which nobody has noticed yet."""
    due: int = 0
    reports: int = 0
    published: int = field(default=0, compare=False)
    """How many events there are."""

    @property
    def is_settled(self) -> bool:
        return not self.left

    @property
    def left(self) -> dict[str, object]:
        """What is left, by its name."""
        said = {name: value for name, value in asdict(self).items() if name != "published"}
        counts = {
            name: _only_left(value) if isinstance(value, dict) else value for name, value in said.items()
        }
        return {name: value for name, value in counts.items() if value}


def _only_left(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


async def until_settled(
    look: Callable[[], Awaitable[RemainingWork]],
    *,
    within_seconds: float,
    tell: Callable[[str], None] = lambda _: None,
    pause_seconds: float = LOOK_SECONDS,
) -> RemainingWork:
    """The remaining work: empty, or what is left when the time is up.

    Empty is what is so twice, with nothing published between: a look reads one database after the other, and
    what one of them published meanwhile is not yet applied by another.
    """
    clock = asyncio.get_running_loop().time
    began, before = clock(), None
    while True:
        remaining = await look()
        unchanged = remaining == before and before is not None and remaining.published == before.published
        if (remaining.is_settled and unchanged) or clock() > began + within_seconds:
            return remaining
        if remaining != before:
            tell(f"  {clock() - began:.0f} s, left: {remaining.left}")
        before = remaining
        await asyncio.sleep(pause_seconds)


async def remaining_work(
    databases: Mapping[str, str], ends: LogEnds, *, poison: Collection[str]
) -> RemainingWork:
    """The work that is left now; `poison` are the ids of events that no ledger has."""
    connections = {service: await _connect(url) for service, url in databases.items()}
    try:
        ledgers = {publisher: await connections[publisher].fetchrow(_LEDGER) for publisher in PUBLISHERS}
        log = await ends.read()
        unapplied, unread = {}, {}
        for consumer, publishers in CONSUMES.items():
            for publisher in publishers:
                held = await connections[consumer].fetchval(_INBOX, publisher)
                held += await connections[consumer].fetchval(_PARKED, publisher, list(poison))
                unapplied[f"{consumer}<{publisher}"] = ledgers[publisher]["events"] - held
                behind = await ends.unread(connections[consumer], log, topic=f"relais.{publisher}")
                unread[f"{consumer}<{publisher}"] = behind
        joining = await connections["admission"].fetchval(_JOINING)
        unjudged = await connections["pathway"].fetchval(_UNJUDGED)
        still_open = await connections["notifications"].fetchrow(_OPEN)
    finally:
        await asyncio.gather(*(connection.close() for connection in connections.values()))
    return RemainingWork(
        unsent={publisher: row["unsent"] for publisher, row in ledgers.items()},
        unapplied=unapplied,
        unread=unread,
        joining=joining,
        unjudged=unjudged,
        due=still_open["due"],
        reports=still_open["reports"],
        published=sum(row["events"] for row in ledgers.values()),
    )


async def _connect(url: str) -> Any:
    return await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
