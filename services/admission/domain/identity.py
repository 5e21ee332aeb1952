"""Which person do these identifiers mean? Decided from what is known of each; nobody is ever merged here.

The first identifier that is known decides. Those not known yet become the decided person's. One that
belongs to somebody else keeps its owner, and the disagreement is shown to the sender.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct


class Person(Struct, frozen=True):
    """A person, and the wrapped key that seals what is stored of them."""

    person_id: UUID
    wrapped_key: bytes


class Identification(Struct, frozen=True):
    """What the identifiers of one movement say."""

    person: Person | None
    """None when no identifier is known."""
    unknown: tuple[bytes, ...]
    """Identifiers to link to the person."""
    conflict: bool
    """Whether some identifier belongs to another person."""


def identify(indexes: Sequence[bytes], known: Mapping[bytes, Person]) -> Identification:
    """Decide for one movement; `indexes` are its identifiers' blind indexes in the order it lists them."""
    owners = [owner for index in indexes if (owner := known.get(index)) is not None]
    person = owners[0] if owners else None
    return Identification(
        person=person,
        unknown=tuple(dict.fromkeys(index for index in indexes if index not in known)),
        conflict=any(owner.person_id != person.person_id for owner in owners) if person else False,
    )
