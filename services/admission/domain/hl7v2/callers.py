"""Says from which source a connection of MLLP comes: by its port, its address or its client's certificate."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from uuid import UUID

from msgspec import Struct

_FORM: Final = "RELAIS_MLLP_SOURCES must read port[@network or @sha256:certificate]=source id,..."
_CERTIFICATE: Final = re.compile(r"sha256:([0-9a-f]{64})")

Network = IPv4Network | IPv6Network


class Binding(Struct, frozen=True, kw_only=True):
    """Connections to this port that come from there are this source's."""

    port: int | None = None
    """`None`: whatever the port."""
    source_id: UUID
    network: Network | None = None
    certificate: str | None = None
    """SHA-256 of the client's certificate (DER)."""


def bindings_of(text: str) -> tuple[Binding, ...]:
    """The bindings of a setting such as `2575=6b0f...,2576@10.1.2.0/24=7c1a...`; raises ValueError."""
    return tuple(_binding(entry.strip()) for entry in text.split(",") if entry.strip())


def caller_of(text: str) -> tuple[Network | None, str | None]:
    """The network or the certificate that a text names; raises ValueError."""
    certificate = _CERTIFICATE.fullmatch(text)
    return (None, certificate[1]) if certificate else (ip_network(text), None)


def said(text: str) -> str:
    """The one spelling of a caller; raises ValueError."""
    network, certificate = caller_of(text)
    return str(network) if network else f"sha256:{certificate}"


def source_of(bindings: Sequence[Binding], port: int, peer: str, certificate: str | None) -> UUID | None:
    """Whose connection it is: a certificate says more than an address, a narrow network more than a wide one,
    and any address more than the port."""
    of_port = [binding for binding in bindings if binding.port in {None, port}]
    for binding in of_port:
        if binding.certificate is not None and binding.certificate == certificate:
            return binding.source_id
    address = ip_address(peer.partition("%")[0])
    near = [each for each in of_port if each.network is not None and address in each.network]
    if near:
        return max(near, key=_narrowness).source_id
    anybody = [each for each in of_port if each.network is None and each.certificate is None]
    return anybody[0].source_id if anybody else None


def _narrowness(binding: Binding) -> int:
    return binding.network.prefixlen if binding.network is not None else -1


def _binding(entry: str) -> Binding:
    where, _, source = entry.partition("=")
    port, _, who = where.partition("@")
    try:
        network, certificate = caller_of(who) if who else (None, None)
        return Binding(port=port_of(port), source_id=UUID(source), network=network, certificate=certificate)
    except ValueError:
        raise ValueError(_FORM) from None


def port_of(text: str) -> int:
    """A port of TCP, 0 for any free one; raises ValueError."""
    port = int(text)
    if not 0 <= port < 65536:  # noqa: PLR2004 - TCP
        raise ValueError(_FORM)
    return port
