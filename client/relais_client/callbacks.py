"""Verifies that a callback is from Relais, and reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class NotOursError(Exception):
    """None of the secrets signed this, or not in the last five minutes: answer 400."""


@dataclass(frozen=True, kw_only=True)
class Callback:
    """What became of one movement. The same `id` again is the same callback, sent again."""

    id: str
    type: str
    """`movement.accepted`, `.applied`, `.parked`, `.dismissed`, `.told` or `ping`; ignore any other."""
    timestamp: datetime
    """When Relais found it: callbacks may overtake each other."""
    source_event_id: str | None = None
    receipt_id: str | None = None
    service: str | None = None
    problem: str | None = None
    settled: int = 0
    owed: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    """All of it as it came, the sender's number of the movement and the marks included."""


def verify(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> Callback:
    """Read a callback from the bytes of its body, unchanged, and its headers, or raise `NotOursError`.

    `secrets` are those that count: two while one is rotated.
    """
    for secret in secrets:
        try:
            message = Webhook(secret).verify(body, dict(headers))
            return _callback(message, {name.lower(): value for name, value in headers.items()})
        except (WebhookVerificationError, ValueError, KeyError, TypeError):
            continue
    raise NotOursError


def _callback(message: Mapping[str, Any], headers: Mapping[str, str]) -> Callback:
    data = message["data"] or {}
    return Callback(
        id=headers["webhook-id"],
        type=message["type"],
        timestamp=datetime.fromisoformat(message["timestamp"]),
        source_event_id=data.get("source_event_id"),
        receipt_id=data.get("receipt_id"),
        service=data.get("service"),
        problem=data.get("problem"),
        settled=data.get("settled", 0),
        owed=data.get("owed", 0),
        data=data,
    )
