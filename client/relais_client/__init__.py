"""Sends an establishment's statements to Relais, from a queue on the disk."""

from relais_client.queue import Counts, OtherContentError, Queue, Settled
from relais_client.sender import Sender, open_http

__all__ = ["Counts", "OtherContentError", "Queue", "Sender", "Settled", "open_http"]
