"""An open-loop load: requests are sent at a fixed rate, and latency counts from when each was due."""

import asyncio
import statistics
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from benchmarks.load.closed_loop import head_of
from benchmarks.load.connection import NOT_ANSWERED, Connection, connect

_MOST_CONNECTIONS = 4000
_LATE_SECONDS = 30.0
_TICK_SECONDS = 0.005
_LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Offered:
    """The outcome of one load."""

    offered_per_second: float
    statuses: dict[int, int]
    goodput_per_second: float
    """Accepted while requests were being offered."""
    p50_ms: float
    p99_ms: float
    """Latency of the accepted requests, in seconds."""
    timeline: list[int]
    """Accepted in each second."""


class _Crowd:
    """Opens as many connections as unanswered requests need."""

    def __init__(self, target: SplitResult) -> None:
        self._target = target
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._free: dict[Connection, None] = {}
        self._busy: set[Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self.answers: list[tuple[float, float, int]] = []
        """Due time, answer time and status; status 0 when it was not answered."""

    def ask(self, request: bytes, due: float) -> None:
        """Send over a free connection or a new one."""
        if self._free:
            self._send(self._free.popitem()[0], request, due)
            return
        self._waiting.append((due, request))
        if len(self._busy) + len(self._opening) < _MOST_CONNECTIONS:
            task = asyncio.get_running_loop().create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def give_up_on_late(self) -> None:
        """Give up requests that were due too long ago."""
        latest = time.perf_counter() - _LATE_SECONDS
        while self._waiting and self._waiting[0][0] < latest:
            self._note(self._waiting.popleft()[0], NOT_ANSWERED)
        for connection in [one for one in self._busy if one.due < latest]:
            connection.end()

    def close(self) -> None:
        """Close all connections."""
        for connection in list(self._free):
            connection.end()

    async def _open(self) -> None:
        try:
            connection = await connect(self._target, self._answered)
        except OSError:
            if self._waiting:
                self._note(self._waiting.popleft()[0], NOT_ANSWERED)
        else:
            self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        if self._waiting:
            due, request = self._waiting.popleft()
            self._send(connection, request, due)
        else:
            self._free[connection] = None

    def _send(self, connection: Connection, request: bytes, due: float) -> None:
        self._busy.add(connection)
        connection.ask(request, due=due)

    def _answered(self, connection: Connection, status: int) -> None:
        if connection not in self._busy:  # the server closed it while it was idle
            self._free.pop(connection, None)
            return
        self._busy.discard(connection)
        self._note(connection.due, status)
        if status != NOT_ANSWERED:
            self._go_on(connection)

    def _note(self, due: float, status: int) -> None:
        self.answers.append((due, time.perf_counter(), status))


async def offer(url: str, bodies: Sequence[bytes], *, per_second: float, headers: dict[str, str]) -> Offered:
    """Send every body when it is due, and wait for late answers."""
    target = urlsplit(url)
    head = head_of(target.path, target.netloc, headers)
    crowd = _Crowd(target)
    start = time.perf_counter()
    requests = ((start + number / per_second, head(len(body)) + body) for number, body in enumerate(bodies))
    await _send_when_due(crowd, requests)
    while len(crowd.answers) < len(bodies):
        await asyncio.sleep(_LOOK_SECONDS)
        crowd.give_up_on_late()
    crowd.close()
    return _outcome(crowd.answers, start, len(bodies) / per_second)


async def _send_when_due(crowd: _Crowd, requests: Iterator[tuple[float, bytes]]) -> None:
    """Send in small groups: as even as possible while still cheap."""
    turn = looked = time.perf_counter()
    for due, request in requests:
        now = time.perf_counter()
        if now < due or now > turn + _TICK_SECONDS:
            await asyncio.sleep(_TICK_SECONDS if now < due else 0)
            turn = time.perf_counter()
        if now > looked + _LOOK_SECONDS:
            crowd.give_up_on_late()
            looked = now
        crowd.ask(request, due)


def _outcome(answers: Sequence[tuple[float, float, int]], start: float, seconds: float) -> Offered:
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
