"""What if requests come at their own rate, whether or not they are answered? Latency counts from when due."""

import asyncio
import statistics
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from benchmarks.load import answer_of, head_of

_MOST_CONNECTIONS = 4000
_LATE_SECONDS = 30.0
_BEFORE_RAMP = 0.005


@dataclass(frozen=True)
class Offered:
    """The outcome of one offered load."""

    offered_per_second: float
    statuses: dict[int, int]
    goodput_per_second: float
    """Accepted in the time in which requests came."""
    p50_ms: float
    p99_ms: float
    """Of the accepted ones."""
    timeline: list[int]
    """Accepted in each second."""


class _Client:
    def __init__(self, target: SplitResult, head: Callable[[int], bytes]) -> None:
        self._target = target
        self._head = head
        self._free: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self._places = asyncio.Semaphore(_MOST_CONNECTIONS)
        self.answers: list[tuple[float, float, int]] = []
        """When due, when answered, with what; 0 when it was not answered."""

    async def post(self, body: bytes, due: float) -> None:
        status = 0
        try:
            async with asyncio.timeout(_LATE_SECONDS), self._places:
                reader, writer = await self._connection()
                writer.write(self._head(len(body)) + body)
                status = await answer_of(reader)
                self._free.append((reader, writer))
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = 0
        self.answers.append((due, time.perf_counter(), status))

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._free:
            return self._free.popleft()
        return await asyncio.open_connection(self._target.hostname, self._target.port)

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def offer(url: str, bodies: Iterable[bytes], *, per_second: float, headers: dict[str, str]) -> Offered:
    """Send every body when it is due, and wait for the answers that are late."""
    target = urlsplit(url)
    client = _Client(target, head_of(target.path, target.netloc, headers))
    start = time.perf_counter()
    due = start
    tasks = []
    for number, body in enumerate(bodies):
        due = start + number / per_second
        ahead = due - time.perf_counter()
        if ahead > _BEFORE_RAMP:
            await asyncio.sleep(ahead)
        tasks.append(asyncio.create_task(client.post(body, due)))
        if number % 50 == 0:
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    client.close()
    return _outcome(client.answers, start, due - start)


def _outcome(answers: list[tuple[float, float, int]], start: float, seconds: float) -> Offered:
    accepted = [(due, answered) for due, answered, status in answers if status in {200, 202}]
    in_time = Counter(int(answered - start) for _, answered in accepted)
    cuts = statistics.quantiles([answered - due for due, answered in accepted], n=100)
    return Offered(
        offered_per_second=len(answers) / seconds,
        statuses=dict(Counter(status for _, _, status in answers)),
        goodput_per_second=sum(answered - start <= seconds for _, answered in accepted) / seconds,
        p50_ms=cuts[49] * 1000,
        p99_ms=cuts[98] * 1000,
        timeline=[in_time[second] for second in range(int(seconds) + 1)],
    )
