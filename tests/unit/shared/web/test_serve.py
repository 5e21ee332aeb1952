"""New connections are accepted many at once, however long a turn of the event loop takes."""

import asyncio
import socket

import uvloop

from shared.web.serve import ACCEPTED_AT_ONCE, copies_of

COMING = 2 * ACCEPTED_AT_ONCE


def test_one_turn_of_the_loop_accepts_as_many_as_there_are_copies() -> None:
    assert uvloop.run(_turns_until_all_are_accepted()) <= 2 + COMING // ACCEPTED_AT_ONCE


async def _turns_until_all_are_accepted() -> int:
    loop, accepted = asyncio.get_running_loop(), []

    class Accepted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.append(transport)

    listening = socket.create_server(("127.0.0.1", 0), backlog=COMING)
    servers = [await loop.create_server(Accepted, sock=each) for each in copies_of(listening)]
    # The kernel connects them all; nobody has accepted any yet.
    clients = [socket.create_connection(listening.getsockname()) for _ in range(COMING)]
    turns = 0
    while len(accepted) < COMING:
        await asyncio.sleep(0)
        turns += 1
    for transport in accepted:
        transport.close()
    for client in clients:
        client.close()
    for server in servers:
        server.close()
    await asyncio.sleep(0)
    return turns
