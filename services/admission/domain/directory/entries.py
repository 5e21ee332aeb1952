"""Defines what the directory lists: establishments with their units, professionals, mailboxes."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.admission.domain.movement import Code, Finess, Label

Level = Literal["legal_entity", "site"]
"""FINESS numbers are of two levels: EJ, who is responsible, and EG (or ET), where people are cared for."""

MailboxKind = Literal["personal", "organisation", "application"]
"""MSSanté: PER, ORG and APP."""

Phone = Annotated[str, Meta(min_length=3, max_length=30, pattern=r"^\+?[0-9][0-9 .]*$")]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$")]
TimeZone = Annotated[str, Meta(max_length=60, pattern=r"^[A-Za-z_]+(/[A-Za-z_-]+)*$")]


class Establishment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An organisation with a FINESS number."""

    finess: Finess
    level: Level
    name: Label
    time_zone: str
    legal_entity: Finess | None = None
    """FINESS of the legal entity that runs this site."""
    category: str | None = None
    """Code of the national category, such as 500."""
    kind: str | None = None
    """What that category is called."""
    commune: str | None = None
    """COG code."""
    town: str | None = None
    """Last line of the postal address."""
    phone: str | None = None
    """Of the switchboard."""


class Unit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of an establishment, under the code that movements name as `unit`."""

    code: Code
    name: Label
    kind: Code | None = None
    beds: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    phone: Phone | None = None
    email: Email | None = None


class Professional(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A health professional, under the number that the national directory gave them."""

    rpps: str
    family_name: str
    profession: str
    given_name: str | None = None
    specialty: str | None = None


class Practice(Struct, frozen=True):
    """A professional works in an establishment."""

    rpps: str
    establishment: str


class Mailbox(Struct, frozen=True):
    """A mailbox of the secure messaging space (MSSanté)."""

    holder: str
    """RPPS of a professional (11 digits) or FINESS of an establishment (9 characters)."""
    address: str
    kind: MailboxKind
    service: str | None = None
    """The part of the establishment that reads it."""


Entry = Establishment | Professional | Practice | Mailbox
"""What a line of a national extract states."""
