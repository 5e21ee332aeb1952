"""Listens for MLLP, and gives each connection to the source that is bound to its port or to its caller."""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Literal, NamedTuple
from uuid import UUID

from services.admission.api.hl7v2.door import NOT_NOW
from services.admission.api.hl7v2.several import TOO_MANY, TooManyMessages, in_one_frame, take_messages
from services.admission.api.mllp.connection import Connection, end
from services.admission.domain.hl7v2.acknowledgement import Answer, acknowledge
from services.admission.domain.hl7v2.callers import Binding, source_of
from services.admission.domain.hl7v2.parse import header_of
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.hl7v2.callers import allowed_callers
from services.admission.handlers.hl7v2.senders import sender_of
from shared.runtime.failures import TRANSIENT
from shared.security.principal import Principal
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger
from shared.web.fairness.shared_places import SharedPlaces

MOST_CONNECTIONS: Final = 1000
OF_ONE_SOURCE: Final = 400
STOP_SECONDS: Final = 15.0
LONG_MESSAGES: Final = 64
"""So many messages of more than 32 kB may come at once, half of them from one source."""
HANDSHAKE_SECONDS: Final = 10.0
AHEAD_BYTES: Final = 16 * 1024
"""So much of what a peer sent is read ahead, at most twice, before it is looked at."""
BOUND_OTHERWISE: Final = "its caller speaks as another source by now"
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
"""A peer that vanished is noticed within two minutes."""


class _Caller(NamedTuple):
    """Who called which port."""

    port: int
    address: str
    certificate: str | None


class MllpServer:
    """All ports and connections of one process."""

    def __init__(
        self,
        dependencies: Dependencies,
        bindings: Sequence[Binding],
        *,
        ports: Sequence[int],
        host: str,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._dependencies = dependencies
        self._bindings = bindings
        self._named_ports = ports
        self._host = host
        self._tls = tls
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._of_source: Counter[UUID] = Counter()
        self._places = SharedPlaces(LONG_MESSAGES, multiple=1)
        self._servers: list[asyncio.Server] = []
        self.listening = asyncio.Event()
        self.ports: list[int] = []
        """Where it listens, once it does."""

    async def listen(self) -> None:
        """Take the ports; ends the process with a sentence when one is taken."""
        for port in self._named_ports:
            try:
                server = await asyncio.start_server(
                    self._serve,
                    self._host,
                    port,
                    ssl=self._tls,
                    ssl_handshake_timeout=HANDSHAKE_SECONDS if self._tls else None,
                    limit=AHEAD_BYTES,
                    backlog=MOST_CONNECTIONS,
                    start_serving=False,
                )
            except OSError as error:
                # A sentence for the person who starts the process: the log's allow-list would drop it.
                raise SystemExit(f"MLLP cannot listen on port {port}: {error.strerror}") from None
            self._servers.append(server)
        self.ports = [each.sockets[0].getsockname()[1] for each in self._servers]

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until the event is set; what was received by then is answered."""
        if not self._servers:
            await self.listen()
        for server in self._servers:
            await server.start_serving()
        self.listening.set()
        await stop.wait()
        for server in self._servers:
            server.close()
        self._servers.clear()
        for connection in self._connections:
            connection.stop()
        if self._connections:
            await asyncio.wait(self._connections.values(), timeout=STOP_SECONDS)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = self._caller(writer)
        source = await self._source(caller)
        if source is None:
            await end(writer)
            return
        source_id = source.source_id
        if len(self._connections) >= MOST_CONNECTIONS or self._of_source[source_id] >= OF_ONE_SOURCE:
            _refuse("connection", "too many connections")
            await end(writer)
            return
        _keep_alive(writer)
        connection = Connection(
            reader,
            writer,
            lambda raw: self._take(raw, source_id, caller),
            places=self._places,
            claimant=source_id,
        )
        task = asyncio.current_task()
        if task is not None:
            self._connections[connection] = task
        self._of_source[source_id] += 1
        metrics.mllp_connections.set(len(self._connections))
        try:
            await connection.serve()
        finally:
            self._connections.pop(connection, None)
            self._of_source[source_id] -= 1
            metrics.mllp_connections.set(len(self._connections))

    def _caller(self, writer: asyncio.StreamWriter) -> _Caller:
        port = writer.get_extra_info("sockname")[1]
        peer = writer.get_extra_info("peername")[0]
        secured = writer.get_extra_info("ssl_object")
        der = secured.getpeercert(binary_form=True) if secured else None
        return _Caller(self._port_of(port), peer, sha256(der).hexdigest() if der else None)

    async def _bound(self, caller: _Caller) -> UUID | None:
        bindings = [*self._bindings, *await allowed_callers(self._dependencies)]
        return source_of(bindings, caller.port, caller.address, caller.certificate)

    async def _source(self, caller: _Caller) -> Principal | None:
        try:
            source_id = await self._bound(caller)
            found = None if source_id is None else await sender_of(self._dependencies, source_id)
        except TRANSIENT:
            found = None
        if found is None:
            _refuse("connection", "nobody is bound to it")
        return found

    def _port_of(self, port: int) -> int:
        """The port as it was bound: 0 where any free one was asked for."""
        return port if port in self._named_ports else 0

    async def _take(self, raw: bytes, source_id: UUID, caller: _Caller) -> bytes | None:
        """The answer to what came in a frame; asks again whose the caller is, and what its keys allow.

        Raises ConnectionError where the caller speaks as another source by now, or as none: nothing is stored
        or answered, and the peer sends it again over a connection that is bound anew.
        """
        is_bound, finding = True, NOT_NOW
        try:
            is_bound = await self._bound(caller) == source_id
            source = await sender_of(self._dependencies, source_id) if is_bound else None
            if source is not None:
                return in_one_frame(raw, await take_messages(self._dependencies, raw, source=source))
            _refuse("message", "the source has no key any more" if is_bound else BOUND_OTHERWISE)
        except TooManyMessages:
            finding = TOO_MANY
        except TRANSIENT:
            _refuse("message", "the database is unreachable")
        except Exception as error:  # noqa: BLE001 - an edge: the sender is answered, and the next message read
            metrics.http_errors_total.labels(type(error).__name__).inc()
            get_logger().error("mllp_message_failed", error=error)
        if not is_bound:
            raise ConnectionAbortedError(BOUND_OTHERWISE)
        answer = Answer(
            verdict="R",
            findings=(finding,),
            control_id=sha256(raw).hexdigest()[:20],
            at=self._dependencies.clock(),
        )
        return acknowledge(header_of(raw), answer).encode("utf-8", "replace")


def _refuse(what: Literal["connection", "message"], reason: str) -> None:
    metrics.mllp_refused_total.labels(reason).inc()
    if what == "connection":
        get_logger().warning("mllp_connection_refused", reason=reason)
    else:
        get_logger().warning("mllp_message_refused", reason=reason)


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
