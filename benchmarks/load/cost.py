"""Measures what an event costs between two readings: CPU by role, WAL and disk."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg
import psutil

from benchmarks.setup.servers import Database

_ROLES = {
    "services.admission.main": "admission API",
    "services.admission.worker": "admission worker",
    "services.admission.mllp": "admission MLLP",
    "services.pathway.main": "pathway API",
    "services.pathway.worker": "pathway worker",
    "services.notifications.worker": "notifications worker",
    "services.indicators.worker": "indicators worker",
    "benchmarks.peer.textbook": "peer",
    "kafka": "Kafka",
    "postgres": "PostgreSQL",
}
_STATE = "SELECT pg_current_wal_lsn() - '0/0', (SELECT sum(pg_database_size(oid)) FROM pg_database)"


@dataclass(frozen=True)
class Reading:
    """One reading of the meters."""

    cpu_seconds: Mapping[int, tuple[str, float]]
    """Process id -> role and CPU seconds."""
    wal_bytes: int
    disk_bytes: int


def read(database: Database) -> Reading:
    """Read the meters of this process, its children and the cluster."""
    wal_bytes, disk_bytes = asyncio.run(_state(database))
    return Reading(_cpu_seconds(), wal_bytes, disk_bytes)


def per_event(before: Reading, after: Reading, events: int) -> dict[str, float]:
    """Microseconds of CPU by role, bytes of WAL, bytes of disk; the WAL's own files are not counted."""
    cost: dict[str, float] = defaultdict(float)
    for process, (role, seconds) in after.cpu_seconds.items():
        earlier = before.cpu_seconds.get(process, (role, 0.0))[1]
        cost[f"CPU us, {role}"] += (seconds - earlier) * 1e6 / events
    cost["WAL bytes"] = (after.wal_bytes - before.wal_bytes) / events
    cost["disk bytes"] = (after.disk_bytes - before.disk_bytes) / events
    return {name: value for name, value in cost.items() if abs(value) >= 1}


def resident_bytes(part_of_command: str) -> int:
    """Resident memory of the processes whose command line contains this word."""
    return sum(
        process.memory_info().rss
        for process in psutil.Process().children(recursive=True)
        if any(part_of_command in word for word in process.cmdline())
    )


def _cpu_seconds() -> dict[int, tuple[str, float]]:
    found: dict[int, tuple[str, float]] = {}
    myself = psutil.Process()
    for process in (myself, *myself.children(recursive=True)):
        try:
            times, command = process.cpu_times(), " ".join(process.cmdline())
        except psutil.Error:  # the process has ended
            continue
        role = "load" if process == myself else _role_of(command)
        found[process.pid] = role, times.user + times.system
    return found


def _role_of(command: str) -> str:
    return next((role for part, role in _ROLES.items() if part in command), "other")


async def _state(database: Database) -> tuple[int, int]:
    connection = await asyncpg.connect(database.superuser, timeout=30)
    try:
        wal_bytes, disk_bytes = await connection.fetchrow(_STATE)
        return int(wal_bytes), int(disk_bytes)
    finally:
        await connection.close()
