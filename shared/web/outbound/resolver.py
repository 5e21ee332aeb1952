"""Asks this machine's resolver where names lead that others chose, and whose name servers may be slow.

On threads of its own, and about each name once at a time: whoever waits for a slow one delays nobody else.
"""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

_THREADS: Final = ThreadPoolExecutor(max_workers=32, thread_name_prefix="resolve")
_asked: Final[dict[tuple[str, int], Future[list[str]]]] = {}


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says; raises OSError."""
    found = _asked.get((host, port))
    if found is None:
        found = _asked[host, port] = _THREADS.submit(_addresses_of, host, port)
        found.add_done_callback(lambda _: _asked.pop((host, port), None))
    # Whoever waits no more leaves the answer to the others.
    return await asyncio.shield(asyncio.wrap_future(found))


def _addresses_of(host: str, port: int) -> list[str]:
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]).partition("%")[0] for *_, place in places))
