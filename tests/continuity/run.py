"""Carries out one run: load under faults, healing, settling, and the evidence in one folder."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import Final

import httpx

from tests.continuity.chains import verified_chains
from tests.continuity.evidence import Evidence
from tests.continuity.faults.database import superuser
from tests.continuity.faults.injector import Injector
from tests.continuity.faults.schedule import Fault
from tests.continuity.gateway.behaviour import HEALTHY
from tests.continuity.journal import Journal, now
from tests.continuity.load.accesses import Accesses
from tests.continuity.load.client import CONNECTIONS, IDLE_CONNECTIONS, TIMEOUT_SECONDS, Clients, JsonDoor
from tests.continuity.load.decisions import Decider
from tests.continuity.load.enrolment import Carer, enrol, register_sources, revoke_some
from tests.continuity.load.hl7v2.engines import Engines
from tests.continuity.load.pairs import state_pairs
from tests.continuity.load.plan import load_of
from tests.continuity.load.poison import Poison
from tests.continuity.load.stating import Stating
from tests.continuity.load.traffic import Traffic
from tests.continuity.log_ends import log_ends
from tests.continuity.platform.layout import MLLP, SERVICES, Layout
from tests.continuity.platform.running import Platform, running_platform
from tests.continuity.settling import RemainingWork, remaining_work, until_settled
from tests.continuity.watching import Watch

POISONED: Final = 0.001
REVOKED: Final = 0.05
PATIENCE: Final = 2.5
"""Load and faults may take this multiple of the planned time."""
ENROLLED_TOGETHER: Final = 200
"""Small groups, each enrolled right after its admissions and reported on before the next one: the 30 minutes
within which a carer must be told of an admission are 36 seconds here."""
ENROLLED_WITHIN_SECONDS: Final = 120.0
"""For each group; no fault has begun yet."""
PROGRESS_EVERY_SECONDS: Final = 10.0
CALM_WITHIN_SECONDS: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run does; the same plan gives the same load and schedule."""

    folder: Path
    """Empty or missing; receives everything of the run."""
    n: int
    seed: int
    load_seconds: float
    faults: Sequence[Fault] = ()
    fault_seconds: float = inf
    """No fault begins later than this after the load began; those that would are skipped and counted."""
    wait_factor: float = 0.02
    settle_seconds: float = 240.0
    mutation: str | None = None
    revoked: float = REVOKED
    """Share of the carers who are revoked during the load."""


@dataclass(frozen=True)
class _Journals:
    clients: Journal
    gateway: Journal
    faults: Journal
    decisions: Journal
    metrics: Journal
    accesses: Journal


@asynccontextmanager
async def finished_run(plan: Plan) -> AsyncIterator[Evidence]:
    """Carry out the plan; in the block the evidence is written and the servers still run."""
    layout = Layout.chosen(plan.folder)
    async with AsyncExitStack() as stack:
        journals = await _open_journals(plan.folder, stack)
        print(f"starting the platform in {plan.folder}, seed {plan.seed}", flush=True)
        platform = await stack.enter_async_context(
            running_platform(
                layout,
                wait_factor=plan.wait_factor,
                mutation=plan.mutation,
                gateway_journal=journals.gateway,
                seed=plan.seed,
            )
        )
        evidence = Evidence(
            seed=plan.seed,
            n=plan.n,
            wait_factor=plan.wait_factor,
            mutation=plan.mutation,
            folder=plan.folder,
            databases=platform.database_urls(),
            kafka_bootstrap=platform.bootstrap,
            planned=plan.faults,
        )
        async with _watched(layout, journals.metrics):
            await _under_load(plan, platform, journals, evidence)
        await evidence.write({name: process.deaths for name, process in platform.processes.items()})
        yield evidence


@asynccontextmanager
async def _watched(layout: Layout, journal: Journal) -> AsyncIterator[None]:
    """Sample every process's metrics for as long as the block lasts, and until all is calm."""
    watch = Watch(layout, journal)
    watching = asyncio.create_task(watch.keep())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching  # raises what ended it early: sampling must not have stopped
    await watch.until_calm(within_seconds=CALM_WITHIN_SECONDS)


async def _open_journals(folder: Path, stack: AsyncExitStack) -> _Journals:
    journals = [
        Journal(folder / f"{name}.jsonl")
        for name in ("clients", "gateway", "faults", "decisions", "metrics", "accesses")
    ]
    for journal in journals:
        stack.push_async_callback(journal.close)
    return _Journals(*journals)


async def _under_load(plan: Plan, platform: Platform, journals: _Journals, evidence: Evidence) -> None:
    load = load_of(plan.seed, n=plan.n, run=evidence.run, base=datetime.now(UTC))
    addresses = [platform.layout.url(part) for part in ("admission-api", "admission-api-2")]
    notifications = platform.layout.url("notifications-api")
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=IDLE_CONNECTIONS)
    accesses = Accesses(journals.accesses, services=platform.layout.services)
    async with httpx.AsyncClient(
        timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False, event_hooks=accesses.hooks
    ) as http:
        async with asyncio.timeout(ENROLLED_WITHIN_SECONDS):
            keys = await register_sources(http, addresses[0], platform.operator_key)
        ports = [platform.layout.ports[part] for part in MLLP]
        engines = Engines(http, ports=ports, addresses=addresses, keys=keys)
        json = JsonDoor(http, addresses=addresses, keys=keys)
        traffic = Traffic(Clients(journals.clients, json, engines))
        print(f"{len(load.first)} persons with a carer", flush=True)
        for start in range(0, len(load.first), ENROLLED_TOGETHER):
            some = load.first[start : start + ENROLLED_TOGETHER]
            async with asyncio.timeout(ENROLLED_WITHIN_SECONDS):
                admitted = list(zip(some, await traffic.all_at_once(some), strict=True))
                enrolled = await enrol(http, notifications, keys, admitted, already=start)
                await platform.gateway.idle()
            evidence.carers = [*evidence.carers, *enrolled]
        injector = Injector(platform, journals.faults, seed=plan.seed)
        poison = Poison(platform.bootstrap, journals.faults, seed=plan.seed)
        print(f"{len(load.then)} movements under {len(plan.faults)} faults", flush=True)
        evidence.load_began_at = now()
        telling = asyncio.create_task(_print_progress(traffic, injector))
        seconds = plan.load_seconds
        leaving = _carers_to_revoke(plan, evidence.carers)
        decider = Decider(http, addresses[0], platform.operator_key, journals.decisions, seed=plan.seed)
        stating = Stating(http, traffic, journals.decisions, addresses=addresses, keys=keys)
        work = [
            traffic.paced(
                load.then,
                within_seconds=seconds,
                late_seconds=lambda: min(injector.late_seconds, plan.fault_seconds - seconds),
            ),
            state_pairs(http, addresses, keys, journals.decisions, load.pairs, within_seconds=seconds),
            stating.state_all(load.scripts, within_seconds=seconds),
            decider.decide_all(until=traffic.all_answered),
            injector.run(plan.faults, within_seconds=plan.fault_seconds),
            poison.inject(_poisoned(plan), within_seconds=seconds),
            revoke_some(http, notifications, keys, leaving, within_seconds=seconds),
        ]
        try:
            async with asyncio.timeout(PATIENCE * seconds + plan.settle_seconds), asyncio.TaskGroup() as all_:
                for each in work:
                    all_.create_task(each)
        except TimeoutError:
            traffic.unexpected.append("liveness: not everything was answered, or healed, in time")
        telling.cancel()
        engines.close()
    evidence.unexpected = [*traffic.unexpected, *injector.complaints]
    evidence.injected, evidence.without_effect = dict(injector.done), dict(injector.without_effect)
    evidence.left_out = dict(injector.left_out)
    evidence.load_ended_at = now()
    await _heal(platform)
    print("healed; waiting until nothing is left to do", flush=True)
    evidence.remaining = await _settled(platform, poison, within_seconds=plan.settle_seconds)
    evidence.quiesced_at = now()
    evidence.audit = await verified_chains(evidence.databases, platform.credentials.audit_key)


async def _settled(platform: Platform, poison: Poison, *, within_seconds: float) -> RemainingWork:
    async with log_ends(platform.bootstrap) as ends:

        async def look() -> RemainingWork:
            await platform.gateway.idle()
            return await remaining_work(platform.database_urls(), ends, poison=poison.event_ids)

        return await until_settled(look, within_seconds=within_seconds, tell=partial(print, flush=True))


async def _print_progress(traffic: Traffic, injector: Injector) -> None:
    while True:
        await asyncio.sleep(PROGRESS_EVERY_SECONDS)
        print(f"  {traffic.answered} answered, {injector.done.total()} faults over", flush=True)


def _poisoned(plan: Plan) -> int:
    return max(4, int(plan.n * POISONED))


def _carers_to_revoke(plan: Plan, carers: Sequence[Carer]) -> list[Carer]:
    return random.Random(plan.seed).sample(carers, int(len(carers) * plan.revoked))


async def _heal(platform: Platform) -> None:
    """Undo whatever a fault may have left behind."""
    platform.database_proxy.heal()
    platform.broker_proxy.heal()
    platform.gateway.behaviours.current = HEALTHY
    for process in platform.processes.values():
        process.signal(signal.SIGCONT)
    await platform.ready("postgresql")
    async with superuser(platform) as connection:
        for service in SERVICES:
            await connection.execute(f'ALTER DATABASE "{service}" CONNECTION LIMIT -1')
    await platform.ready()
