"""`python -m shared.web.serve services.x.main:app --host H --port N --operations-port M`: serves a service.

Beside its API, on a port of its own and in the same process, it serves the module's `operations`.

It listens on as many copies of one socket as connections are to be accepted together: uvloop accepts one per
copy and turn of its loop, and under load a turn takes a tenth of a second. New connections waited before any
limit of ours (measured: 100 new ones beside 100 busy ones for 9.8 s; on sixteen copies 0.6 s).
"""

import argparse
import asyncio
import errno
import importlib
import socket
import ssl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, Literal

import uvicorn

from shared.runtime.open_files import allow_open_files
from shared.runtime.secret_files import require_private
from shared.web.connections import MOST_CONNECTIONS, protocol_of

ACCEPTED_AT_ONCE: Final = 32
MOST_OPERATIONAL_CONNECTIONS: Final = 256
OPERATIONS: Final = "operations"
_OTHER_FILES: Final = 256
"""To the database, to the broker, and what Python opens."""
_NOT_STARTED: Final = 3
"""As uvicorn's own command ends then."""
DRAIN_SECONDS: Final = 12
"""Each port's: together less than the 30 s after which engines of containers kill."""


def copies_of(listening: socket.socket) -> list[socket.socket]:
    """The socket and its copies; all take from the one queue."""
    return [listening, *(listening.dup() for _ in range(ACCEPTED_AT_ONCE - 1))]


class _Listening(uvicorn.Server):
    """Ends with an error where it could not listen: uvloop only closes the socket then, and says nothing."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by the server."""
        await super().startup(sockets)
        if not all(_listens(each) for each in sockets or ()):
            raise OSError(errno.EADDRINUSE, "another process listens on the port", str(self.config.port))


class _Beside(_Listening):
    """Serves operations for as long as the API is served, by whose signals it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Called by the server: signals are the API's."""
        yield


class _Server(_Listening):
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

    async def on_tick(self, counter: int) -> bool:
        """Called by the server ten times a second: whether to stop, as when nobody serves operations."""
        return await super().on_tick(counter) or (self._running is not None and self._running.done())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by the server: answer what was asked, then close; raises what ended operations."""
        try:
            if self._beside is not None and self._running is not None:
                self._beside[0].should_exit = True
                await self._running
        finally:
            await super().shutdown(sockets)


def _listens(bound: socket.socket) -> bool:
    try:
        return bool(bound.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until a port is lost; what is asked by then is still answered."""
    parser = argparse.ArgumentParser(prog="serve", description=main.__doc__)
    parser.add_argument("application", help="module:attribute")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--operations-port", type=int, help="of the module's `operations`")
    parser.add_argument("--certificate", help="file with our certificate and its key, for TLS on both ports")
    parser.add_argument(
        "--client-authorities",
        help="file with the authorities of callers' certificates, which a caller may show instead of a key",
    )
    parser.add_argument(
        "--drain-seconds",
        type=int,
        default=DRAIN_SECONDS,
        help="the longest that each port is given to answer what was asked",
    )
    chosen = parser.parse_args(arguments)
    allow_open_files(MOST_CONNECTIONS + MOST_OPERATIONAL_CONNECTIONS + _OTHER_FILES)
    module = chosen.application.partition(":")[0]
    has_operations = hasattr(importlib.import_module(module), OPERATIONS)
    if has_operations is not (chosen.operations_port is not None):
        parser.error("--operations-port is for services that have operations, and for all of them")
    try:
        if chosen.certificate:
            require_private(chosen.certificate, variable="--certificate")
    except ValueError as refusal:
        parser.error(str(refusal))
    if chosen.client_authorities and not chosen.certificate:
        parser.error("--client-authorities needs --certificate: nobody shows a certificate without TLS")
    config = partial(
        _config,
        host=chosen.host,
        certificate=chosen.certificate,
        client_authorities=chosen.client_authorities,
        drain_seconds=chosen.drain_seconds,
    )
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
    client_authorities: str | None,
    drain_seconds: int,
) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        access_log=False,
        http=protocol_of(connections),
        lifespan=lifespan,
        ssl_certfile=certificate,
        ssl_ca_certs=client_authorities,
        ssl_cert_reqs=ssl.CERT_OPTIONAL if client_authorities else ssl.CERT_NONE,
        timeout_graceful_shutdown=drain_seconds,
    )


if __name__ == "__main__":
    main()
