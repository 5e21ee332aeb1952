"""Measures every few seconds how long parts are paused and how many events are parked, for alerts."""

from functools import partial
from typing import Final, get_args

from shared.database.pool import Pool
from shared.runtime.clock import Clock, system_clock
from shared.spine.inbox.parking import CAP, count_parked
from shared.spine.pause.gate import Part
from shared.spine.pause.pauses import pauses
from shared.spine.worker import Duty, periodic
from shared.telemetry import metrics

EVERY_SECONDS: Final = 5.0


def measure_operations(pool: Pool, *, clock: Clock = system_clock) -> Duty:
    """Return the duty; every worker has it, so changes made through any process show in all of them."""
    return periodic("measure_operations", partial(_measure, pool, clock), every_seconds=EVERY_SECONDS)


async def _measure(pool: Pool, clock: Clock) -> None:
    metrics.parking_cap.set(CAP)
    metrics.parked_events.set(await count_parked(pool))
    since = {pause.part: pause.paused_at for pause in await pauses(pool)}
    now = clock()
    for part in get_args(Part):
        seconds = (now - since[part]).total_seconds() if part in since else 0.0
        metrics.paused_seconds.labels(part).set(seconds)
