"""Asks whether the broker can be written to: one Metadata request by hand, without a Kafka client."""

import socket
import struct

from deploy.local.ports import HOST

METADATA_KEY, METADATA_VERSION = 3, 7
CLIENT = b"relais-probe"
# length, correlation id, throttle time, number of brokers
ANSWER = struct.Struct(">iiii")


def _request() -> bytes:
    header = struct.pack(f">hhih{len(CLIENT)}s", METADATA_KEY, METADATA_VERSION, 1, len(CLIENT), CLIENT)
    no_topics, no_creation = struct.pack(">i", 0), b"\x00"
    body = header + no_topics + no_creation
    return struct.pack(">i", len(body)) + body


def has_brokers(port: int) -> bool:
    """Whether the node on the port answers within a second and names at least one live broker."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(_request())
            answer = connection.recv(ANSWER.size, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(answer) == ANSWER.size and ANSWER.unpack(answer)[3] > 0
