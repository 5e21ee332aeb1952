"""The bodies of requests; the domain has types of its own."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.notifications.domain.circle.invitations import Answer
from services.notifications.domain.circle.members import ChannelName, Discretion, ProofKind
from shared.events.envelope import Moment

Label = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(min_length=3, max_length=254)]


class Proof(Struct, frozen=True, kw_only=True):
    """Where the proof of a consent is kept."""

    kind: ProofKind
    reference: Label
    """The caller's own; kept encrypted."""


class StatedConsent(Struct, frozen=True, kw_only=True):
    """The person's agreement that this member be told."""

    given_at: Moment
    proof: Proof


class StatedChannel(Struct, frozen=True, kw_only=True):
    """One way to reach a carer."""

    medium: ChannelName
    address: Address
    order: Annotated[int, Meta(ge=1, le=9)] | None = None
    """1 is tried first; without, the order of the list."""


class GivenAnswer(Struct, frozen=True, kw_only=True):
    """What the owner of an address answers to an invitation."""

    answer: Answer


class PutCarer(Struct, frozen=True, kw_only=True):
    """A family member or friend who is to be told."""

    alias: Label
    """What the carer calls the person, at most 20 characters: the only name that a message holds."""
    channels: Annotated[tuple[StatedChannel, ...], Meta(min_length=1, max_length=2)]
    consent: StatedConsent
    basis: Literal["consent", "legal_representative"] = "consent"
    night: bool = False
    """May be woken by news of the same day."""
    discretion: Discretion = 2
    """0 nothing at all, 1 that there is news, 2 the news with the alias."""
    zone: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    """IANA name of the time zone in which they read, such as Indian/Reunion; without, that of their number.

    Without either, times are those of the establishment.
    """


class SaidByPerson(Struct, frozen=True, kw_only=True):
    """Someone's word that the recipient knows."""

    by: Label
    """Who says so, in the caller's own terms; kept encrypted."""
    at: Moment | None = None
    """When the recipient was told; without, now."""


class PutProfessional(Struct, frozen=True, kw_only=True):
    """An establishment that takes part in the care, at its professional mailbox."""

    email: Address
    basis: Literal["team", "consent"] = "team"
    consent: StatedConsent | None = None
    """Required where the basis is consent: an establishment outside the care team."""
