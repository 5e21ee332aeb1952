"""Posts to an address that somebody else chose, over a connection to the very address that was checked."""

import asyncio
import ssl
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import httpcore
from msgspec import Struct

from shared.runtime.errors import RelaisError
from shared.web.client import authorities_of
from shared.web.outbound.address import address_of
from shared.web.outbound.networks import Network, Resolve, callable_addresses
from shared.web.outbound.resolver import resolve_by_system

ANSWERED_WITHIN_SECONDS: Final = 10.0
MOST_TRIED: Final = 2
"""Addresses of one host, such as one of IPv6 and one of IPv4."""
CONNECTED_WITHIN_SECONDS: Final = 3.0
"""To each of them: one that swallows what is sent to it leaves time for the other."""
_LONGEST_ASKED_SECONDS: Final = 3600


class NotAnswered(RelaisError):  # noqa: N818
    """The call was not answered: nobody knows whether it was heard."""


class Answer(Struct, frozen=True, kw_only=True):
    """What came back, of which nothing but the head is read."""

    status: int
    retry_after_seconds: int | None = None
    """As it was asked for, at most an hour."""


class Outbound:
    """Calls public addresses, and those of networks that are allowed besides."""

    def __init__(
        self, *, allowed: Sequence[Network] = (), ca_file: str = "", resolve: Resolve = resolve_by_system
    ) -> None:
        """Of `ca_file` are the only authorities that are believed; without, those that the machine does."""
        self._allowed, self._ca_file, self._resolve = allowed, ca_file, resolve

    async def check(self, url: str) -> None:
        """Raise `NotCallable` when the address may not be called as things are now."""
        address = address_of(url)
        await callable_addresses(address.host, address.port, allowed=self._allowed, resolve=self._resolve)

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        within_seconds: float = ANSWERED_WITHIN_SECONDS,
    ) -> Answer:
        """Post once, without following a redirect or reading what the answer holds.

        Raises `NotCallable` when the address is none that may be called now, `NotAnswered` after any failure.
        """
        address = address_of(url)
        host = f"[{address.host}]" if ":" in address.host else address.host
        target = httpcore.URL(
            scheme=address.scheme.encode(),
            host=address.host.encode(),
            port=address.port,
            target=address.path.encode(),
        )
        given = [("Host", f"{host}:{address.port}"), ("Content-Length", str(len(body))), *headers.items()]
        try:
            async with (
                asyncio.timeout(within_seconds),
                httpcore.AsyncConnectionPool(
                    ssl_context=self._authorities(address.scheme),
                    network_backend=_Checked(self._allowed, self._resolve),
                ) as pool,
                pool.stream("POST", target, headers=given, content=body) as answer,
            ):
                return Answer(status=answer.status, retry_after_seconds=_retry_after(answer.headers))
        except (TimeoutError, httpcore.TimeoutException):
            raise NotAnswered("no answer in time") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise NotAnswered(type(error).__name__) from None

    def _authorities(self, scheme: str) -> ssl.SSLContext | None:
        return authorities_of(self._ca_file) if scheme == "https" else None


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to an address that it has just checked; TLS goes on to ask for the host's name."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve) -> None:
        self._allowed, self._resolve = allowed, resolve
        self._plain: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await callable_addresses(host, port, allowed=self._allowed, resolve=self._resolve)
        failure: httpcore.ConnectError | httpcore.ConnectTimeout = httpcore.ConnectError()
        for address in found[:MOST_TRIED]:
            try:
                return await self._plain.connect_tcp(
                    address, port, CONNECTED_WITHIN_SECONDS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _retry_after(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit():
            return min(int(value[:9]), _LONGEST_ASKED_SECONDS)
    return None
