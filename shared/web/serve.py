"""`python -m shared.web.serve services.x.main:app --host H --port N --operations-port M`: serves a service.

Beside its API, on a port of its own and in the same process, it serves the module's `operations`.

It listens on as many copies of one socket as connections are to be accepted together: uvloop accepts one per
copy and turn of its loop, and under load a turn takes a tenth of a second. New connections waited before any
limit of ours (measured: 100 new ones beside 100 busy ones for 9.8 s; on sixteen copies 0.6 s).
"""

import argparse
import asyncio
import importlib
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, Literal

import uvicorn

from shared.runtime.open_files import allow_open_files
from shared.web.connections import MOST_CONNECTIONS, protocol_of

ACCEPTED_AT_ONCE: Final = 32
MOST_OPERATIONAL_CONNECTIONS: Final = 256
OPERATIONS: Final = "operations"
_OTHER_FILES: Final = 256
"""To the database, to the broker, and what Python opens."""
_NOT_STARTED: Final = 3
"""As uvicorn's own command ends then."""


def copies_of(listening: socket.socket) -> list[socket.socket]:
    """The socket and its copies; all take from the one queue."""
    return [listening, *(listening.dup() for _ in range(ACCEPTED_AT_ONCE - 1))]


class _Beside(uvicorn.Server):
    """Serves operations for as long as the API is served, by whose signals it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Called by the server: signals are the API's."""
        yield


class _Server(uvicorn.Server):
    """Serves the API, and operations while it is open."""

    def __init__(self, config: uvicorn.Config, operations: uvicorn.Config | None) -> None:
        super().__init__(config)
        # Bound now, so that a port that is taken is reported now; both listen once the API has started.
        self.sockets = copies_of(config.bind_socket())
        self._beside = None if operations is None else (_Beside(operations), [operations.bind_socket()])
        self._running: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by the server: open the application, then listen."""
        await super().startup(sockets)
        if self._beside is not None and self.started:
            server, listening = self._beside
            self._running = asyncio.create_task(server.serve(listening))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by the server: answer what was asked, then close the application."""
        if self._beside is not None and self._running is not None:
            self._beside[0].should_exit = True
            await self._running
        await super().shutdown(sockets)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; what is asked by then is still answered."""
    parser = argparse.ArgumentParser(prog="serve", description=main.__doc__)
    parser.add_argument("application", help="module:attribute")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--operations-port", type=int, help="of the module's `operations`")
    parser.add_argument("--certificate", help="file with our certificate and its key, for TLS on both ports")
    chosen = parser.parse_args(arguments)
    allow_open_files(MOST_CONNECTIONS + MOST_OPERATIONAL_CONNECTIONS + _OTHER_FILES)
    module = chosen.application.partition(":")[0]
    has_operations = hasattr(importlib.import_module(module), OPERATIONS)
    if has_operations is not (chosen.operations_port is not None):
        parser.error("--operations-port is for services that have operations, and for all of them")
    config = partial(_config, host=chosen.host, certificate=chosen.certificate)
    api = config(chosen.application, chosen.port, MOST_CONNECTIONS)
    operations = None
    if has_operations:
        name = f"{module}:{OPERATIONS}"
        operations = config(name, chosen.operations_port, MOST_OPERATIONAL_CONNECTIONS, "off")
    server = _Server(api, operations)
    server.run(sockets=server.sockets)
    if not server.started:
        sys.exit(_NOT_STARTED)


def _config(
    application: str,
    port: int,
    connections: int,
    lifespan: Literal["auto", "off"] = "auto",
    *,
    host: str,
    certificate: str | None,
) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        access_log=False,
        http=protocol_of(connections),
        lifespan=lifespan,
        ssl_certfile=certificate,
    )


if __name__ == "__main__":
    main()
