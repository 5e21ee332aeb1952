"""Recognises the message by which an application says that it lives: NMD^N02 (CH14, network management)."""

from typing import Final

from services.admission.domain.hl7v2.message import Message

HEARTBEAT: Final = "NMD^N02"


def is_heartbeat(message: Message) -> bool:
    """Whether the message says so; whatever else it says of the application's state is not read."""
    return f"{message.header.text(9)}^{message.header.text(9, 2)}".upper() == HEARTBEAT
