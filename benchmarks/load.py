"""How many requests does a server answer, and how fast? A closed-loop load over keep-alive connections.

Bare HTTP/1.1 over asyncio streams: a full client would be slower than the servers under test and
measure itself. Bounded by the number of requests.
"""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

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

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        try:
            for request in requests:
                start = time.perf_counter()
                writer.write(request)
                status = await answer_of(reader)
                durations.append(time.perf_counter() - start)
                statuses[status] += 1
        finally:
            writer.close()

    start = time.perf_counter()
    async with asyncio.timeout(_LOAD_SECONDS):
        await asyncio.gather(*(one_connection() for _ in range(connections)))
    elapsed = time.perf_counter() - start
    cuts = statistics.quantiles(durations, n=100)
    return Measured(len(durations) / elapsed, cuts[49] * 1000, cuts[98] * 1000, statuses)


def head_of(path: str, host: str, headers: dict[str, str]) -> Callable[[int], bytes]:
    """Length of a body -> the head of its request."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    fixed = "\r\n".join(lines)
    return lambda length: f"{fixed}\r\nContent-Length: {length}\r\n\r\n".encode()


async def answer_of(reader: asyncio.StreamReader) -> int:
    """The status of the answer, which is read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lengths = (line for line in head.splitlines() if line.lower().startswith("content-length:"))
    await reader.readexactly(int(next(lengths).partition(":")[2]))
    return int(head.split(" ", 2)[1])


def movements(count: int, *, establishment: str, prefix: str) -> Iterator[bytes]:
    """`count` admissions of about 900 bytes, each of another person and with an id of its own."""
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
