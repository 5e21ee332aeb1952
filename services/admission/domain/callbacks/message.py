"""Defines the message of a callback as its source gets it."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.admission.domain.callbacks.news import Kind, News
from services.admission.domain.receipt import NumberedReceipt


class CallbackData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of which movement it is, and what became of it: nothing of the person, nor of who was told."""

    receipt_id: UUID
    event_id: UUID
    movement_id: UUID
    source_event_id: str
    source_movement_id: str | None = None
    """The sender's own numbers, until the person is erased."""
    service: str | None = None
    problem: str | None = None
    """What is wrong with an event that is parked."""
    marks: tuple[str, ...] = ()
    settled: int = 0
    """How many obligations of it have their outcome, of how many that are `owed`."""
    owed: int = 0
    obligations: dict[str, int] = {}


class CallbackMessage(Struct, frozen=True, kw_only=True):
    """The body of a callback (Standard Webhooks). In which order they come says nothing: `timestamp` does."""

    type: Kind
    timestamp: datetime
    """When it was found."""
    data: CallbackData | None = None
    """None in a `ping`."""


def message_of(news: News, receipt: NumberedReceipt | None, found_at: datetime) -> bytes:
    """The body; the same for every try, as long as the receipt is the same."""
    if receipt is None:
        return msgspec.json.encode(CallbackMessage(type=news.type, timestamp=found_at))
    data = CallbackData(
        receipt_id=receipt.receipt_id,
        event_id=receipt.event_id,
        movement_id=receipt.movement_id,
        source_event_id=receipt.source_event_id,
        source_movement_id=receipt.source_movement_id,
        service=news.service,
        problem=news.problem,
        marks=receipt.marks if news.service is None else news.marks,
        settled=news.settled,
        owed=news.owed,
        obligations=news.obligations,
    )
    return msgspec.json.encode(CallbackMessage(type=news.type, timestamp=found_at, data=data))
