"""Checks how an address is written that somebody else chose for us to call."""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from msgspec import Struct

from shared.runtime.environment import is_loopback
from shared.runtime.errors import UnusableValue

PORTS: Final = frozenset({443, 8443})
"""Where services that are meant to be called listen; other ports belong to other protocols."""

# Nothing else is an address here, so no two readers can take it for two different ones.
_FORM: Final = re.compile(
    r"(https?)://([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,1024})?"
)
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


class NotCallable(UnusableValue):
    """The address is none that may be called."""


class Address(Struct, frozen=True, kw_only=True):
    """Where to call, in its parts."""

    scheme: str
    host: str
    """A name, or an IP address without brackets."""
    port: int
    path: str


def address_of(url: str) -> Address:
    """The parts of `https://host[:port][/path]`; raises `NotCallable` for whatever else it is.

    Neither account nor query nor fragment: addresses end in logs. `http`, and ports beside `PORTS`, are for
    this machine alone.
    """
    found = _FORM.fullmatch(url)
    if found is None:
        raise NotCallable("expected https://host/path in ASCII, without account, query or fragment")
    scheme, host, port, path = found.groups()
    host = host.strip("[]").lower()
    _check_number(host, is_ipv6=url[len(scheme) + 3] == "[")
    number = int(port) if port else 443 if scheme == "https" else 80
    if not is_loopback(host):
        if scheme != "https":
            raise NotCallable("expected https://")
        if number not in PORTS:
            raise NotCallable("expected port 443 or 8443")
    if not 0 < number < 65536:  # noqa: PLR2004 - TCP
        raise NotCallable("expected a port of TCP")
    return Address(scheme=scheme, host=host, port=number, path=path or "/")


def _check_number(host: str, *, is_ipv6: bool) -> None:
    """A host that ends in a number is an IP address in its one spelling: resolvers read others, too."""
    try:
        if is_ipv6:
            IPv6Address(host)
        elif _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            IPv4Address(host)
    except ValueError:
        raise NotCallable("the host is no IP address in its usual spelling, and no name") from None
