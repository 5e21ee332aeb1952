"""Who is meant by the identifiers of a batch? Known persons from memory or storage, new ones made here."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from services.admission.domain.identity import Person, identify
from services.admission.handlers.submission import Submission
from services.admission.storage.identifiers import owners_of
from shared.database.pool import Pool

MOST_REMEMBERED = 50_000


class Assigned(Struct, frozen=True):
    """A submission and its person."""

    submission: Submission
    person: Person
    links: Mapping[bytes, Person]
    """Identifiers that nobody had before this batch, and whose they become with this submission."""
    conflict: bool


def assign(
    submissions: Sequence[Submission], known: Mapping[bytes, Person], *, new_person: Callable[[], Person]
) -> Iterator[Assigned]:
    """Give each submission its person; one that is new in this batch is known to the rest of it.

    Each carries all the links that it relies on: those before it may turn out to be stored already.
    """
    owners = dict(known)
    for submission in submissions:
        found = identify(submission.identifiers, owners)
        person = found.person or new_person()
        owners.update(dict.fromkeys(found.unknown, person))
        links = {index: owners[index] for index in submission.identifiers if index not in known}
        yield Assigned(submission, person, links, found.conflict)


class Identities:
    """Whose identifiers are, as committed; an identifier never changes its owner, so memory stays true."""

    def __init__(self, pool: Pool, *, most_remembered: int = MOST_REMEMBERED) -> None:
        self._pool = pool
        self._most_remembered = most_remembered
        self._owners: OrderedDict[bytes, Person] = OrderedDict()

    async def owners(self, submissions: Sequence[Submission]) -> dict[bytes, Person]:
        """The persons of the known identifiers; asks storage, once, for those not remembered."""
        wanted = {index for submission in submissions for index in submission.identifiers}
        remembered = {index: self._owners[index] for index in wanted if index in self._owners}
        for index in remembered:
            self._owners.move_to_end(index)
        unsure = wanted - remembered.keys()
        if not unsure:
            return remembered
        stored = await owners_of(self._pool, unsure)
        self.remember(stored)
        return remembered | stored

    def remember(self, owners: Mapping[bytes, Person]) -> None:
        """Keep what is committed, forgetting what was not asked for the longest."""
        self._owners.update(owners)
        while len(self._owners) > self._most_remembered:
            self._owners.popitem(last=False)
