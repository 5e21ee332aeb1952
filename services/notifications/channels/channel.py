"""The interface of every medium: one send, one answer, and no exception for the provider's troubles."""

from typing import Protocol
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import ChannelName


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The message of one attempt, ready to be sent."""

    attempt_id: UUID
    """The same id on a resend of the same attempt, so that a provider that can deduplicate does."""
    obligation_id: UUID
    """The same for every attempt to tell this, so that a mailbox can drop the second one."""
    to: str
    """E.164 number or e-mail address."""
    subject: str | None
    text: str
    html: str | None
    validity_seconds: int
    """How long the fact stays worth telling; the provider must not deliver it later."""


class Accepted(msgspec.Struct, frozen=True, tag=True):
    """The provider took charge of the message; whether it was delivered comes later, or never."""

    provider_id: str | None


class RejectedTemporarily(msgspec.Struct, frozen=True, tag=True):
    """Certainly not taken, for now: the same channel may be tried again."""

    reason: str


class RejectedPermanently(msgspec.Struct, frozen=True, tag=True):
    """Certainly not taken, and never will be: go to the next channel."""

    reason: str
    contact_is_bad: bool = True
    """False when this message is refused, and the next one may be taken."""


class Unknown(msgspec.Struct, frozen=True, tag=True):
    """The request left and no answer came: it may or may not have been taken."""

    reason: str


SendResult = Accepted | RejectedTemporarily | RejectedPermanently | Unknown
"""`reason` is a constant phrase or a protocol's status code: never an address, never a text."""


class Channel(Protocol):
    """One medium towards one provider."""

    @property
    def name(self) -> ChannelName: ...

    @property
    def gives_delivery_reports(self) -> bool:
        """Whether a delivery report may follow an acceptance; without, acceptance is the (weak) evidence."""
        ...

    async def send(self, message: Message) -> SendResult:
        """Hands the message to the provider once. Refused before anything was sent is temporary;
        cut or timed out after the request left is unknown. Raises only for our own faults."""
        ...
