"""Seals how far the chains have come, and verifies a part of the audit at each turn, all of it in the end."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from shared.database.advisory_lock import advisory_lock
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.audit.chain import Finding, Reading
from shared.security.audit.heads import next_head
from shared.spine.audit import entries as storage
from shared.spine.audit.verify import faults_of_ends, pages
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

SECONDS: Final = 60.0
PAGES_AT_ONCE: Final = 20
_LATE_COMMITS: Final = timedelta(minutes=2)
"""An entry may be committed so long after its moment: no statement takes longer."""


class AuditKeeper:
    """The duty of one worker; it remembers how far it has read."""

    def __init__(self, pool: Pool, key: bytes, clock: Clock) -> None:
        self._pool = pool
        self._key = key
        self._clock = clock
        self._reading = Reading(key)
        self._found_before: set[Finding] = set()
        self._found_now: set[Finding] = set()

    async def seal_and_verify(self) -> set[Finding]:
        """One turn; what is known to be wrong."""
        await self._seal()
        faults = set(await faults_of_ends(self._pool, self._key))
        read = 0
        async for count, wrong in pages(self._pool, self._reading):
            read += 1
            metrics.audit_verified_total.inc(count)
            self._found_now |= set(wrong)
            if read == PAGES_AT_ONCE:
                break
        else:
            self._reading, self._found_before, self._found_now = Reading(self._key), self._found_now, set()
        found = faults | self._found_before | self._found_now
        self._tell(found)
        return found

    async def _seal(self) -> None:
        async with advisory_lock(self._pool, "audit head") as acquired:
            if not acquired:
                return
            last, now = await storage.last_head(self._pool), self._clock()
            since = datetime.min.replace(tzinfo=now.tzinfo) if last is None else last.at - _LATE_COMMITS
            known = set() if last is None else set(last.tips)
            tips = [tip for tip in await storage.tips_since(self._pool, since) if tip not in known]
            if not tips:
                return
            head = next_head(self._key, last, tips, at=now)
            await storage.add_head(self._pool, head)
        # What is kept elsewhere shows whether somebody cut off the newest heads.
        get_logger().info("audit_head", number=head.number, digest=head.digest.hex())

    def _tell(self, found: set[Finding]) -> None:
        metrics.audit_faults.set(len(found))
        for each in found:
            chain = None if each.chain is None else str(each.chain)
            get_logger().error("audit_fault", fault=each.fault, chain=chain, number=each.number)


def audit_duty(pool: Pool, key: bytes, clock: Clock) -> Callable[[], Awaitable[object]]:
    """What the worker calls every `SECONDS`."""
    return AuditKeeper(pool, key, clock).seal_and_verify
