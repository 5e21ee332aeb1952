"""Says from which source a connection of MLLP comes: by its port, its address or its client's certificate."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from uuid import UUID

from msgspec import Struct

_FORM: Final = "RELAIS_MLLP_SOURCES must read port[@network or @sha256:certificate]=source id,..."
_MAPPED: Final = 96
"""Bits of an address of IPv6 before the one of IPv4 that it may hold."""
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
    return (None, certificate[1]) if certificate else (_network(text), None)


def _network(text: str) -> Network:
    """One of IPv4 that is written as IPv6 (`::ffff:10.1.2.0/120`) is the same network."""
    network = ip_network(text)
    mapped = network[0].ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is None or network.prefixlen < _MAPPED:
        return network
    return IPv4Network((mapped, network.prefixlen - _MAPPED))


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
    # A socket of both kinds shows an address of IPv4 as one of IPv6.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    near = [
        each
        for each in of_port
        if each.network is not None and (address in each.network or (mapped and mapped in each.network))
    ]
    if near:
        return max(near, key=_narrowness).source_id
    anybody = [each for each in of_port if each.network is None and each.certificate is None]
    return anybody[0].source_id if anybody else None


def bound_to_others(bindings: Sequence[Binding], callers: Iterable[str], source_id: UUID) -> list[str]:
    """Those of the callers that these bindings give to another source; raises ValueError."""
    others = {(each.network, each.certificate) for each in bindings if each.source_id != source_id}
    return sorted(each for each in callers if caller_of(each) in others)


def _narrowness(binding: Binding) -> int:
    if binding.network is None:
        return -1
    return binding.network.prefixlen + (_MAPPED if binding.network.version == 4 else 0)  # noqa: PLR2004 - IPv4


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
