"""Carries out a schedule of faults: each at its time, journaled, at most three concurrently."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import inf
from typing import Final

import asyncpg

from tests.continuity.faults import broker, database, gateway, services
from tests.continuity.faults.kinds import group_of
from tests.continuity.faults.schedule import MAX_CONCURRENT_FAULTS, Fault
from tests.continuity.journal import Journal
from tests.continuity.platform.layout import SERVICES, service_of
from tests.continuity.platform.running import Platform

Injection = Callable[[Platform, Fault], Awaitable[str | None]]
"""Injects a fault, waits and heals it; may return a note about its effect."""

NO_EFFECT: Final = ("not reached", "skipped", "failed")
OFTEN: Final = 3
"""A kind of fault that was carried out this often must have had an effect."""
_OWN: Final[Mapping[str, Injection]] = {
    **{f"broker.{each.__name__}": each for each in (broker.kill, broker.restart, broker.stop, broker.wipe)},
    **{f"broker.{each.__name__}": each for each in (broker.cut, broker.black_hole, broker.delay)},
    "broker.truncate": broker.truncate,
    "broker.disk_full": broker.disk_full,
    **{f"database.{each.__name__}": each for each in (database.kill, database.stop, database.locks)},
    **{f"database.{each.__name__}": each for each in (database.cut, database.black_hole, database.delay)},
    "database.backend_killed": database.backend_killed,
    "database.no_connections": database.no_connections,
    "database.cut_after_commit": database.cut_after_commit,
    **{f"service.{each.__name__}": each for each in (services.kill, services.zombie)},
    "service.rolling_restart": services.rolling_restart,
    "service.two_leaders": services.two_leaders,
}


def injection_of(kind: str) -> Injection:
    """The function that carries out a kind of fault."""
    if kind.startswith("failpoint."):
        return services.at_failpoint
    return gateway.misbehave if kind.startswith("gateway.") else _OWN[kind]


class Injector:
    """Carries out a schedule against a platform."""

    def __init__(
        self,
        platform: Platform,
        journal: Journal,
        *,
        seed: int,
        injection_of: Callable[[str], Injection] = injection_of,
    ) -> None:
        self.done: Counter[str] = Counter()
        self.without_effect: Counter[str] = Counter()
        """How many of those had no effect, such as a failpoint that no process passed."""
        self.left_out: Counter[str] = Counter()
        """How many were skipped because their time was over."""
        self.late_seconds = 0.0
        """How far the schedule has fallen behind because a target took longer than expected to recover."""
        self._not_back: list[str] = []
        self._platform = platform
        self._journal = journal
        self._seed = seed
        self._injection_of = injection_of
        self._free = asyncio.Semaphore(MAX_CONCURRENT_FAULTS)
        self._targets: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def complaints(self) -> list[str]:
        """What did not recover, and which kinds of fault never had an effect."""
        idle = [
            f"{kind} was carried out {count} times and never had an effect"
            for kind, count in self.done.items()
            if count >= OFTEN and self.without_effect[kind] == count and not kind.endswith("disk_full")
        ]
        return [*self._not_back, *idle]

    async def run(self, faults: Sequence[Fault], *, within_seconds: float = inf) -> None:
        """Return once all faults are healed and their targets are ready again.

        No fault begins after `within_seconds`.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        async with asyncio.TaskGroup() as running:
            for fault in faults:
                due = began + fault.at_seconds
                await asyncio.sleep(due - clock())
                running.create_task(self._carry_out(fault, due=due, end=began + within_seconds))

    async def _carry_out(self, fault: Fault, *, due: float, end: float) -> None:
        async with self._targets[group_of(fault.target)], self._free:
            now = asyncio.get_running_loop().time()
            if now > end:
                self.left_out[fault.kind] += 1
                return
            self.late_seconds = max(self.late_seconds, now - due)
            fields = {"fault": fault.number, "kind": fault.kind, "target": fault.target, "seed": self._seed}
            await self._journal.write(**fields, phase="began", lasts_seconds=fault.lasts_seconds)
            note = await self._inject(fault)
            await self._journal.write(**fields, phase="ended", note=note)
            self.done[fault.kind] += 1
            if note is not None and note.startswith(NO_EFFECT):
                self.without_effect[fault.kind] += 1
            await self._until_back(fault)
            await self._journal.write(**fields, phase="back")

    async def _inject(self, fault: Fault) -> str | None:
        try:
            return await self._injection_of(fault.kind)(self._platform, fault)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # Another fault made unavailable what this one needed.
            return f"failed: {type(error).__name__}"

    async def _until_back(self, fault: Fault) -> None:
        try:
            await self._platform.ready(*self._hit_by(fault))
        except TimeoutError:
            self._not_back.append(f"{fault.target} did not come back after {fault.kind} ({fault.number})")

    def _hit_by(self, fault: Fault) -> list[str]:
        processes = self._platform.processes
        if fault.target in processes:
            return [fault.target]
        if group_of(fault.target) in SERVICES:
            return [part for part in processes if service_of(part) == group_of(fault.target)]
        return []
