"""Asks whether the broker can be written to: one Metadata request by hand, without a Kafka client.

Where the broker asks who we are, two requests come before it: which mechanism, and the login.
"""

import socket
import struct

from deploy.local.ports import HOST

METADATA_KEY, METADATA_VERSION = 3, 7
MECHANISM_KEY, MECHANISM_VERSION = 17, 1
LOGIN_KEY, LOGIN_VERSION = 36, 0
CLIENT = b"relais-probe"
# throttle time, number of brokers
BROKERS = struct.Struct(">ii")
Login = tuple[str, str]
"""User and password."""


def _answer(connection: socket.socket, key: int, version: int, body: bytes) -> bytes:
    """What the node answers, after its length and the correlation id."""
    header = struct.pack(f">hhih{len(CLIENT)}s", key, version, 1, len(CLIENT), CLIENT)
    connection.sendall(struct.pack(">i", len(header + body)) + header + body)
    (length,) = struct.unpack(">i", _received(connection, 4))
    return _received(connection, length)[4:]


def _received(connection: socket.socket, length: int) -> bytes:
    received = connection.recv(length, socket.MSG_WAITALL)
    if len(received) < length:
        raise ConnectionError
    return received


def _log_in(connection: socket.socket, login: Login) -> None:
    user, password = (each.encode() for each in login)
    plain = b"\x00" + user + b"\x00" + password
    requests = (
        (MECHANISM_KEY, MECHANISM_VERSION, struct.pack(">h5s", 5, b"PLAIN")),
        (LOGIN_KEY, LOGIN_VERSION, struct.pack(">i", len(plain)) + plain),
    )
    for key, version, body in requests:
        if _answer(connection, key, version, body)[:2] != b"\x00\x00":
            raise ConnectionError


def has_brokers(port: int, login: Login | None = None) -> bool:
    """Whether the node on the port answers within a second and names at least one live broker."""
    no_topics, no_creation = struct.pack(">i", 0), b"\x00"
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            if login is not None:
                _log_in(connection, login)
            answer = _answer(connection, METADATA_KEY, METADATA_VERSION, no_topics + no_creation)
    except OSError:
        return False
    return len(answer) >= BROKERS.size and BROKERS.unpack_from(answer)[1] > 0
