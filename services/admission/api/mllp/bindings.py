"""Says from which source a connection comes: by its port, its address or its client's certificate."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from uuid import UUID

from msgspec import Struct

_FORM: Final = "RELAIS_MLLP_SOURCES must read port[@network or @sha256:certificate]=source id,..."
_CERTIFICATE: Final = re.compile(r"sha256:([0-9a-f]{64})")


class Binding(Struct, frozen=True, kw_only=True):
    """Connections to this port that come from there are this source's."""

    port: int
    source_id: UUID
    network: IPv4Network | IPv6Network | None = None
    certificate: str | None = None
    """SHA-256 of the client's certificate (DER)."""


def bindings_of(text: str) -> tuple[Binding, ...]:
    """The bindings of a setting such as `2575=6b0f...,2576@10.1.2.0/24=7c1a...`; raises ValueError."""
    return tuple(_binding(entry.strip()) for entry in text.split(",") if entry.strip())


def source_of(bindings: Sequence[Binding], port: int, peer: str, certificate: str | None) -> UUID | None:
    """Whose connection it is: a certificate says more than an address, an address more than the port."""
    of_port = [binding for binding in bindings if binding.port == port]
    for binding in of_port:
        if binding.certificate is not None and binding.certificate == certificate:
            return binding.source_id
    address = ip_address(peer.partition("%")[0])
    for binding in of_port:
        if binding.network is not None and address in binding.network:
            return binding.source_id
    anybody = [each for each in of_port if each.network is None and each.certificate is None]
    return anybody[0].source_id if anybody else None


def _binding(entry: str) -> Binding:
    where, _, source = entry.partition("=")
    port, _, who = where.partition("@")
    certificate = _CERTIFICATE.fullmatch(who)
    try:
        return Binding(
            port=_port(port),
            source_id=UUID(source),
            network=ip_network(who) if who and not certificate else None,
            certificate=certificate[1] if certificate else None,
        )
    except ValueError:
        raise ValueError(_FORM) from None


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 65536:  # noqa: PLR2004 - TCP
        raise ValueError(_FORM)
    return port
