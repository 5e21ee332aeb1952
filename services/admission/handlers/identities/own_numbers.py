"""Finds and gives the numbers of one establishment while it is decided whose they are."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.identifiers import Owner, Person, StatedNumber
from services.admission.domain.movement import Identifier
from services.admission.domain.movement import Person as StatedPerson
from services.admission.domain.submission import identify
from services.admission.handlers.accept_movement import stated_number
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage import submissions
from services.admission.storage.identities import statements
from shared.database.pool import Connection


class OwnNumbers:
    """The numbers of one establishment."""

    def __init__(
        self, dependencies: Dependencies, connection: Connection, affiliation: Affiliation, *, at: datetime
    ) -> None:
        """`at`: when the statement about them was made."""
        self.dependencies, self.connection, self.affiliation = dependencies, connection, affiliation
        self.at = at

    def of(self, identifier: Identifier, **status: Any) -> StatedNumber:
        """The number by its blind indexes."""
        person = StatedPerson(identifiers=(identifier,), **status)
        return stated_number(self.dependencies.vault, identifier, person, self.affiliation)

    async def owner(self, number: StatedNumber) -> Person | None:
        """Who has it in the establishment's own scope."""
        finess = self.affiliation.establishment
        indexes = [number.local] if number.national is None else [number.local, number.national]
        known, earlier = await submissions.owners_of(
            self.connection, indexes, earlier=[(index, finess) for index in number.earlier]
        )
        return identify([number], known, establishment=finess, earlier=earlier, at=self.at).person

    async def had_ended(self, number: StatedNumber) -> bool:
        """Whether it had been taken from whoever had it when the statement was made."""
        known, _ = await submissions.owners_of(self.connection, [number.local], earlier=[])
        return number.local in known and known[number.local].former_at(self.at) is not None

    async def owner_or_new(self, identifier: Identifier) -> Person:
        """Who has it, or a new person who has it from now on."""
        number = self.of(identifier)
        person = await self.owner(number)
        if person is None:
            person = await self.new_person()
            await statements.link(self.connection, number.local, Owner(person, number.scope))
        return person

    async def new_person(self) -> Person:
        """A person of whom nothing is known; the statement is encrypted with their key."""
        person = Person(uuid4(), self.dependencies.vault.new_key())
        await statements.add_person(self.connection, person)
        return person

    def opaque_id(self, *parts: str) -> UUID:
        """An id that stands for what only this establishment states."""
        return self.dependencies.vault.opaque_id(self.affiliation.establishment, *parts)
