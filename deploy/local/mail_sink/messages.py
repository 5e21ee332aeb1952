"""Parses a received e-mail into its parts, and holds the latest ones."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from email.policy import default as modern
from typing import Literal
from uuid import uuid4

import msgspec

State = Literal["accepted", "accepted, not answered", "refused"]

KEPT = 5_000


class Arrived(msgspec.Struct, kw_only=True):
    """One message, or one refused recipient."""

    id: str
    received_at: datetime
    sender: str
    to: list[str]
    subject: str
    message_id: str | None
    auto_submitted: str | None
    text: str
    html: str | None
    state: State


def read(
    content: bytes, *, sender: str, to: list[str], received_at: datetime, state: State = "accepted"
) -> Arrived:
    """The parts of a raw message that a person would look at."""
    letter = message_from_bytes(content, policy=modern)
    text = letter.get_body(preferencelist=("plain",))
    html = letter.get_body(preferencelist=("html",))
    return Arrived(
        id=str(uuid4()),
        received_at=received_at,
        sender=sender,
        to=to,
        subject=str(letter["Subject"] or ""),
        message_id=_plain(letter["Message-ID"]),
        auto_submitted=_plain(letter["Auto-Submitted"]),
        text=text.get_content() if text else "",
        html=html.get_content() if html else None,
        state=state,
    )


def _plain(header: object) -> str | None:
    return None if header is None else str(header)


class Inbox:
    """Bounded in memory; the oldest go first."""

    def __init__(self, earlier: Iterable[Arrived] = ()) -> None:
        self._messages: deque[Arrived] = deque(earlier, maxlen=KEPT)

    def add(self, message: Arrived) -> None:
        self._messages.append(message)

    def listed(self, *, to: str | None, limit: int | None) -> list[Arrived]:
        """The latest messages, oldest first; all that are kept without a limit."""
        chosen = [m for m in self._messages if to is None or to in m.to]
        return chosen if limit is None else chosen[-limit:]

    def found(self, message_id: str) -> Arrived | None:
        return next((m for m in self._messages if m.id == message_id), None)

    def clear(self) -> None:
        self._messages.clear()
