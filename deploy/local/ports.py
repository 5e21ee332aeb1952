"""Finds free ports, and says who holds one that is taken."""

import random
import socket
from collections.abc import Collection, Mapping

import psutil

HOST = "127.0.0.1"
CANDIDATES = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether we could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(*, avoid: Collection[int] = ()) -> int:
    """A port that is free now and not in `avoid`.

    Below the range from which systems take the ports of outgoing connections: one of those could hold it
    at the moment when a server that died comes back to it.
    """
    candidates = random.sample(CANDIDATES, len(CANDIDATES))
    return next(port for port in candidates if port not in avoid and is_free(port))


def choose_port(preferred: int, *, avoid: Collection[int] = ()) -> int:
    """The preferred port, or a free one when it is taken."""
    if preferred and preferred not in avoid and is_free(preferred):
        return preferred
    return free_port(avoid=avoid)


def holders(ports: Collection[int]) -> Mapping[int, str]:
    """Who listens on each port, for a message: 'name (process 123)', as far as this user may see it.

    Looks once, for all of them, into every process of the machine.
    """
    found = dict.fromkeys(ports, "another process")
    try:
        for connection in psutil.net_connections(kind="tcp") if ports else ():
            if not connection.laddr or connection.laddr.port not in found or connection.pid is None:
                continue
            if connection.status == psutil.CONN_LISTEN:
                name = psutil.Process(connection.pid).name()
                found[connection.laddr.port] = f"{name} (process {connection.pid})"
    except psutil.Error:
        pass
    return found


def listens(pid: int, port: int) -> bool:
    """Whether this very process listens on the port."""
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        # Linux denies even its owner a look into a process that is ending, such as a part that just failed.
        return False
    return any(
        connection.laddr.port == port and connection.status == psutil.CONN_LISTEN
        for connection in connections
    )


def accepts(port: int) -> bool:
    """Whether a connection to the port is accepted."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
