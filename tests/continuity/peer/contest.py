"""Runs the platform and its peer under the same load and schedule, and counts their losses alike."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from tests.continuity.checker.evidence import read_evidence
from tests.continuity.checker.invariants import judge
from tests.continuity.checker.verdict import keep
from tests.continuity.faults.injector import Injector
from tests.continuity.faults.schedule import Fault, schedule_of
from tests.continuity.journal import Journal
from tests.continuity.load.client import CONNECTIONS, TIMEOUT_SECONDS, Clients, JsonDoor
from tests.continuity.load.offers import ESTABLISHMENTS, Offer, identifier_of
from tests.continuity.load.plan import load_of
from tests.continuity.load.traffic import Traffic
from tests.continuity.peer.counting import Losses, losses_of_ours, losses_of_peer
from tests.continuity.peer.platform import APIS, CONSUMERS, peer_database, running_peer
from tests.continuity.platform.layout import Layout
from tests.continuity.run import Plan, finished_run

KINDS: Final = (
    *("broker.kill", "broker.restart", "broker.stop", "broker.cut", "broker.truncate"),
    *("database.kill", "database.backend_killed", "database.stop", "database.cut"),
    *("database.cut_after_commit", "gateway.unavailable", "gateway.busy"),
    *("gateway.timeout_after_accept", "gateway.cut_after_accept"),
)
_KILLED: Final = (*APIS, *CONSUMERS) * 3
_QUIET_SECONDS: Final = 15.0
_SETTLE_SECONDS: Final = 180.0
_PROGRESS: Final = "SELECT (SELECT count(*) FROM peerevent), (SELECT count(*) FROM peerapplied)"


def shared_schedule(seed: int, *, seconds: float) -> list[Fault]:
    """Faults of what both have: servers, gateway, and kills of each kind of process."""
    faults = schedule_of(seed, kinds=KINDS, times=1, within_seconds=seconds)
    gap = seconds / (len(_KILLED) + 1)
    kills = [
        Fault(len(faults) + 1 + turn, "service.kill", part, gap * (turn + 1), 0.5, turn)
        for part, turn in zip(_KILLED, count(), strict=False)
    ]
    return sorted([*faults, *kills], key=lambda fault: fault.at_seconds)


async def ours(folder: Path, *, n: int, seed: int, seconds: float, faults: Sequence[Fault]) -> Losses:
    """Run our platform and count its losses by the checker."""
    plan = Plan(folder=folder, n=n, seed=seed, load_seconds=seconds, faults=faults)
    async with finished_run(plan):
        return await asyncio.to_thread(_judge_run, folder)


async def the_peers(folder: Path, *, n: int, seed: int, seconds: float, faults: Sequence[Fault]) -> Losses:
    """Run the peer until it makes no more progress, and count its losses."""
    layout = Layout.chosen(folder)
    run = f"{seed:x}"
    load = load_of(seed, n=n, run=run, base=datetime.now(UTC))
    phones = {offer.person: f"+33{639_980_000 + number}" for number, offer in enumerate(load.first)}
    known = folder / "phones.json"
    by_identifier = {identifier_of(run, person): phone for person, phone in phones.items()}
    await asyncio.to_thread(known.write_text, json.dumps(by_identifier))
    await asyncio.to_thread((folder / "run.json").write_text, json.dumps({"seed": seed, "n": n}))
    async with AsyncExitStack() as stack:
        journals = [Journal(folder / f"{name}.jsonl") for name in ("clients", "gateway", "faults")]
        for journal in journals:
            stack.push_async_callback(journal.close)
        platform = await stack.enter_async_context(
            running_peer(layout, gateway_journal=journals[1], phones=known, seed=seed)
        )
        limits = httpx.Limits(max_connections=CONNECTIONS)
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False) as http:
            addresses = [layout.url(part) for part in APIS]
            keys = dict.fromkeys(ESTABLISHMENTS, "none")
            traffic = _Traffic(Clients(journals[0], JsonDoor(http, addresses=addresses, keys=keys)))
            await asyncio.gather(*(traffic.send(offer) for offer in load.first))
            async with asyncio.TaskGroup() as running:
                running.create_task(traffic.paced(load.then, within_seconds=seconds))
                running.create_task(Injector(platform, journals[2], seed=seed).run(faults))
        await platform.ready()
        await _no_more_progress(peer_database(layout))
        return await losses_of_peer(folder, peer_database(layout), phones)


class _Traffic(Traffic):
    """Traffic for the peer, whose receipts hold no event id and are not compared."""

    async def send(self, offer: Offer) -> None:
        await self._clients.send(offer)

    def _same_receipt(self, offer: Offer, answers: Sequence[Any]) -> None:  # noqa: ARG002
        return


async def _no_more_progress(database: str) -> None:
    clock = asyncio.get_running_loop().time
    deadline = clock() + _SETTLE_SECONDS
    connection = await asyncpg.connect(database, timeout=30)
    try:
        before, since = None, clock()
        while clock() < min(deadline, since + _QUIET_SECONDS):
            now = tuple(await connection.fetchrow(_PROGRESS))
            if now != before:
                before, since = now, clock()
            await asyncio.sleep(1)
    finally:
        await connection.close()


def _judge_run(folder: Path) -> Losses:
    evidence = read_evidence(folder)
    verdict = judge(evidence)
    keep(verdict, folder / "verdict.json")
    return losses_of_ours(evidence, verdict)
