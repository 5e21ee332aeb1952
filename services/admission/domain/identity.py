"""Decides which person each submission is about, from the known owners of its identifiers.

The first identifier that is known decides. Those not known yet become that person's. An identifier that
belongs to somebody else keeps its owner, and the sender is shown the conflict: no person is merged here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.checks import Mark
from services.admission.domain.submission import Submission

_ALL_NORMALISED: Final[Mapping[bytes, bytes]] = {}


class Person(Struct, frozen=True):
    """A person, and the wrapped key that encrypts what is stored of them."""

    person_id: UUID
    wrapped_key: bytes


class Identification(Struct, frozen=True):
    """The person whom the identifiers of one movement mean."""

    person: Person | None
    """None when no identifier is known."""
    unknown: tuple[bytes, ...]
    """Identifiers to link to the person."""
    conflict: bool
    """Whether some identifier belongs to another person."""


class Identified(Struct, frozen=True):
    """A submission and its person."""

    submission: Submission
    person: Person
    links: Mapping[bytes, Person]
    """Identifiers that had no owner before this batch, and who owns them with this submission."""
    conflict: bool

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The submission's marks, with what was found about the person."""
        return (*self.submission.marks, "identity_conflict") if self.conflict else self.submission.marks


def identify(
    indexes: Sequence[bytes],
    known: Mapping[bytes, Person],
    *,
    as_written: Mapping[bytes, bytes] = _ALL_NORMALISED,
) -> Identification:
    """Decide for one movement; `indexes` are its identifiers' blind indexes in the order it lists them.

    An identifier that is not known may be under its index `as_written`, where version 0.1.0 kept it.
    """
    found = (known.get(index) or known.get(as_written.get(index, index)) for index in indexes)
    owners = [owner for owner in found if owner is not None]
    person = owners[0] if owners else None
    return Identification(
        person=person,
        unknown=tuple(dict.fromkeys(index for index in indexes if index not in known)),
        conflict=any(owner.person_id != person.person_id for owner in owners) if person else False,
    )


def identify_all(
    submissions: Sequence[Submission], known: Mapping[bytes, Person], *, new_persons: Iterator[Person]
) -> Iterator[Identified]:
    """Give each submission its person; one that is new in this batch is known to the rest of it.

    Each carries all the links that it relies on: those before it may turn out to be stored already.
    """
    owners = dict(known)
    for submission in submissions:
        found = identify(submission.identifiers, owners, as_written=submission.as_written)
        person = found.person or next(new_persons)
        owners.update(dict.fromkeys(found.unknown, person))
        links = {index: owners[index] for index in submission.identifiers if index not in known}
        yield Identified(submission, person, links, found.conflict)
