"""Defines whom the identifiers of one movement mean."""

from msgspec import Struct

from services.admission.domain.identifiers import Person


class Identification(Struct, frozen=True, gc=False):
    """The person whom the identifiers of one movement mean."""

    person: Person | None
    """None when no identifier is known to the sender's scope."""
    elsewhere: tuple[Person, ...]
    """Other persons whom its qualified INS means in other scopes."""
    alike: tuple[Person, ...]
    """Others who have an INS that it states for the first time, and cannot rely on."""
    unlinked: tuple[tuple[bytes, str], ...]
    """Indexes that are nobody's yet and become the person's, each with its scope."""
    is_conflict: bool
    """Whether the scope knows its numbers as those of several persons."""
