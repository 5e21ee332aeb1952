"""Sends an establishment's statements to Relais, from a queue on the disk, and verifies its callbacks."""

from relais_client.callbacks import Callback, NotOursError, verify
from relais_client.queue import Counts, OtherContentError, Queue, Settled
from relais_client.sender import Sender, open_http

__all__ = [
    "Callback",
    "Counts",
    "NotOursError",
    "OtherContentError",
    "Queue",
    "Sender",
    "Settled",
    "open_http",
    "verify",
]
