"""The connections of a server: so many in all, a share for each address, a time in which a head must come.

Uvicorn bounds none of these. Who opens connections and says nothing, sends a head drop by drop or without
end, or goes on with a body that was answered, holds a connection and no place; others must still find one.
"""

import asyncio
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.telemetry import metrics
from shared.web.client_certificates import CLIENT_CERTIFICATE, ClientCertificate
from shared.web.fairness.shared_places import SharedPlaces
from shared.web.problems import response_of, service_unavailable

MOST_CONNECTIONS: Final = 2048
HEAD_SECONDS: Final = 10.0
"""In which a head must come, from when the connection was made or its first byte came, and in which the rest
of a body must come whose answer was sent."""
LONGEST_HEAD_BYTES: Final = 64 * 1024


class FairProtocol(HttpToolsProtocol):
    """A connection; `pool` is shared by all connections of a server."""

    pool: ClassVar[SharedPlaces] = SharedPlaces(MOST_CONNECTIONS)

    _address: str | None = None
    _certificate: ClientCertificate | None = None
    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _in_message = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        super().connection_made(transport)
        self.ws_protocol_class = None  # a connection that is handed over to it would keep its place for ever
        address = self.client[0] if self.client else ""
        if not self.pool.take(address):
            metrics.http_limited_total.labels("connections").inc()
            transport.write(_REFUSAL)
            transport.close()
            return
        self._address = address
        secured = transport.get_extra_info("ssl_object")
        der = secured.getpeercert(binary_form=True) if secured else None
        self._certificate = ClientCertificate.of(der) if der else None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._stop_waiting()
        if self._address is not None:
            self.pool.give_back(self._address)
            self._address = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        answered = self.cycle is not None and self.cycle.response_complete
        if self._in_head and self._in_message:
            self._head_bytes += len(data)
            if self._head_bytes > LONGEST_HEAD_BYTES:
                self.send_400_response("The head is too long.")
                return
            self._wait()
        elif self._in_message and answered:
            self._wait()
        else:
            self._stop_waiting()

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._in_head = self._in_message = True
        self._head_bytes = 0
        super().on_message_begin()
        if self._certificate is not None:
            self.scope[CLIENT_CERTIFICATE] = self._certificate  # type: ignore[typeddict-unknown-key]

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._in_message = False
        super().on_message_complete()

    def _wait(self) -> None:
        # What comes does not prolong it: a drop now and then would do so for ever.
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        metrics.http_limited_total.labels("slow").inc()
        self.transport.close()


def _refusal() -> bytes:
    response = response_of(service_unavailable())
    headers: list[tuple[bytes, bytes]] = [*response.raw_headers, (b"connection", b"close")]
    lines = [b"HTTP/1.1 503 Service Unavailable", *(name + b": " + value for name, value in headers)]
    return b"\r\n".join([*lines, b"", bytes(response.body)])


_REFUSAL: Final = _refusal()


def protocol_of(connections: int) -> type[Any]:
    """The protocol of a server that takes so many connections."""
    return type("FairProtocolOfOneServer", (FairProtocol,), {"pool": SharedPlaces(connections)})
