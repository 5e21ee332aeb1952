"""Says which IP addresses may be called: public ones, and networks that this deployment allows besides."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from shared.web.outbound.address import NotCallable

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host, port) -> its IP addresses; raises OSError."""

RESOLVED_WITHIN_SECONDS: Final = 3.0

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 as networks that have only IPv6 write them (NAT64)."""
_RESERVED: Final = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
"""For protocols; of which Python takes some as global, each version others."""
_TUNNELLED: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
"""Teredo and 6to4, which lead to an address of IPv4 that nobody would see."""


def networks_of(text: str, *, variable: str) -> tuple[Network, ...]:
    """Those of a setting such as `10.20.0.0/16,fd12::/48`; raises ValueError."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"{variable} must read network/bits,...") from None


def may_be_called(address: IP, allowed: Sequence[Network] = ()) -> bool:
    """Whether it is public, or in one of these networks."""
    plain = _plain(address)
    return _is_public(plain) or any(plain in network for network in allowed)


def _plain(address: IP) -> IP:
    """The address of IPv4 that one of IPv6 stands for."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def _is_public(address: IP) -> bool:
    # Python counts some groups of multicast as global.
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _RESERVED)
    return address in _GLOBAL_UNICAST and not any(address in network for network in _TUNNELLED)


async def callable_addresses(
    host: str, port: int, *, allowed: Sequence[Network], resolve: Resolve
) -> Sequence[str]:
    """The addresses of a host; raises `NotCallable` when it has none, or any that may not be called.

    Which of both it is says nothing: whoever chose the name would learn the names of this network.
    """
    try:
        async with asyncio.timeout(RESOLVED_WITHIN_SECONDS):
            found = await resolve(host, port)
    except (OSError, UnicodeError):  # which TimeoutError is, too
        found = ()
    if not found or not all(may_be_called(ip_address(each), allowed) for each in found):
        raise NotCallable("the host has no address, or one that is not public")
    return found
