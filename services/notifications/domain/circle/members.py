"""The members of a care circle: on what basis they may know, and how they want to be told."""

from datetime import datetime
from typing import Literal

import msgspec

Role = Literal["carer", "professional"]
ChannelName = Literal["sms", "email"]
Basis = Literal["consent", "legal_representative", "team"]
"""Why this member may know: the person's consent, a mandate, or belonging to the care team."""
ProofKind = Literal["written", "electronic", "oral"]
ContactState = Literal["unproven", "ok", "bad", "stopped"]
"""Unproven: its owner was invited and has not accepted; nothing is told there.

Bad: a provider refused it for good, until it is declared again.
Stopped: its owner asked for silence on this channel, or refused the invitation.
"""
ContactProof = Literal["before", "desk", "invitation", "unasked"]
"""Why an address may be written to: declared before its owner was asked; that of a desk; its owner accepted;
or this platform does not ask.
"""
Discretion = Literal[0, 1, 2]
"""0 nothing, 1 that there is news but not which, 2 logistics with the alias."""


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """The person's agreement, and where its proof is kept."""

    given_at: datetime
    proof_kind: ProofKind
    proof_reference: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach a member; `value` is canonical (E.164, or a plain address)."""

    channel: ChannelName
    value: str
    state: ContactState = "ok"


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How a carer wants to be told."""

    channels: tuple[ChannelName, ...] = ("sms", "email")
    """First choice first; a channel that is not named is not used."""
    night: bool = False
    """May be woken by news of the same day."""
    discretion: Discretion = 2
    zone: str | None = None
    """IANA name of the time zone in which they read: declared, or that of their number."""


class Carer(msgspec.Struct, frozen=True, kw_only=True):
    """A family member or friend, as enrolled."""

    alias: str
    """What they call the person ("Mamie"): the only name that a message ever holds."""
    consent: Consent
    contacts: tuple[Contact, ...]
    basis: Basis = "consent"
    preferences: Preferences = Preferences()


class Professional(msgspec.Struct, frozen=True, kw_only=True):
    """An establishment or service that takes part in the care, reached at its professional contact."""

    basis: Basis
    contacts: tuple[Contact, ...]
    consent: Consent | None = None
    """Outside the care team, sharing needs it."""
