"""Says what is known of an establishment: its legal entity, its zone, the domains of its numbers, its units.

A number under any authority that is not national means something in one identity domain only: that of the
establishment that states it, unless several are registered as one domain for this authority.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class SharedNumbers(Struct, frozen=True, kw_only=True):
    """An identity domain that several establishments share."""

    domain: str
    authority: str
    """In the spelling in which authorities are compared."""
    members: tuple[str, ...]


_NONE: Final[Mapping[str, str]] = {}


class Affiliation(Struct, frozen=True):
    """What is known of an establishment; one that no directory lists belongs to itself alone."""

    establishment: str
    legal_entity: str | None = None
    """FINESS of the legal entity that runs this site."""
    time_zone: str | None = None
    """IANA name of the zone in which it is."""
    shared_domains: Mapping[str, str] = _NONE
    """Authority, in its one spelling -> the identity domain that this establishment shares."""
    units: Mapping[str, str] = _NONE
    """A unit's code, in either spelling -> as it is registered (`identifiers.by_spelling`)."""
