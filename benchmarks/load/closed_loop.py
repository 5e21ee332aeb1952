"""A closed-loop load over keep-alive connections: a fixed number of requests, sent as they are answered."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from benchmarks.load.connection import NOT_ANSWERED, Connection, connect

_LOAD_SECONDS = 300.0


@dataclass(frozen=True)
class Measured:
    """The outcome of one load."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    statuses: Counter[int]


async def post_all(url: str, bodies: list[bytes], *, connections: int, headers: dict[str, str]) -> Measured:
    """Post every body once, over `connections` connections at a time."""
    target = urlsplit(url)
    head = head_of(target.path, target.netloc, headers)
    return await ask_all(target, (head(len(body)) + body for body in bodies), connections=connections)


async def get_all(url: str, paths: list[str], *, connections: int, headers: dict[str, str]) -> Measured:
    """Get every path once, over `connections` connections at a time."""
    target = urlsplit(url)
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    requests = (f"GET {path} HTTP/1.1\r\nHost: {target.netloc}\r\n{fields}\r\n".encode() for path in paths)
    return await ask_all(target, requests, connections=connections)


async def ask_all(target: SplitResult, requests: Iterator[bytes], *, connections: int) -> Measured:
    """Send every request once and read its answer."""
    durations: list[float] = []
    statuses: Counter[int] = Counter()
    all_answered = asyncio.get_running_loop().create_future()
    busy: set[Connection] = set()

    def answered(connection: Connection, status: int) -> None:
        if connection not in busy:
            return
        durations.append(time.perf_counter() - connection.due)
        statuses[status] += 1
        go_on(connection, lost=status == NOT_ANSWERED)

    def go_on(connection: Connection, *, lost: bool = False) -> None:
        request = None if lost else next(requests, None)
        if request is not None:
            connection.ask(request)
            return
        busy.discard(connection)
        connection.end()
        if not busy:
            all_answered.set_result(None)

    start = time.perf_counter()
    async with asyncio.timeout(_LOAD_SECONDS):
        busy.update(await asyncio.gather(*(connect(target, answered) for _ in range(connections))))
        for connection in list(busy):
            go_on(connection)
        await all_answered
    elapsed = time.perf_counter() - start
    cuts = statistics.quantiles(durations, n=100)
    return Measured(len(durations) / elapsed, cuts[49] * 1000, cuts[98] * 1000, statuses)


def head_of(path: str, host: str, headers: dict[str, str]) -> Callable[[int], bytes]:
    """Length of a body -> the head of its request."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    fixed = "\r\n".join(lines)
    return lambda length: f"{fixed}\r\nContent-Length: {length}\r\n\r\n".encode()


def movements(count: int, *, establishment: str, prefix: str) -> Iterator[bytes]:
    """`count` admissions of about 900 bytes, each of another person and with its own id."""
    for number in range(count):
        yield _MOVEMENT.replace(b"%ID%", f"{prefix}-{number}".encode()).replace(
            b"%FINESS%", establishment.encode()
        )


_MOVEMENT = (
    b'{"source_event_id":"%ID%","movement_id":"m-%ID%","stay_id":"s-%ID%","action":"insert",'
    b'"kind":"admission","person":{"identifiers":[{"authority":"1.2.250.1.213.1.4.10","value":"%ID%"},'
    b'{"authority":"%FINESS%","value":"ipp-%ID%","type":"PI"}],"traits":{"birth_name":"DEMONSTRATION",'
    b'"used_name":"EXEMPLE","given_names":["Camille","Dominique"],"birth_date":"1941-05-17","sex":"female",'
    b'"birth_place_code":"75056"}},"establishment":"%FINESS%","unit":"3401","class_of_stay":"inpatient",'
    b'"origin":{"mode":"home"},"occurred_at":"2026-11-23T09:12:00+01:00",'
    b'"emitted_at":"2026-11-23T09:12:07+01:00","x_source_application":"DPI 12.4",'
    b'"x_comment":"a field that the contract does not know is kept in the raw record and ignored"}'
)
