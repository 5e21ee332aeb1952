"""Finds, gives and ends the numbers of one establishment while it is decided whose they are."""

from typing import Any
from uuid import UUID, uuid4

from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.identifiers import Owner, Person, StatedNumber
from services.admission.domain.movement import Identifier
from services.admission.domain.movement import Person as StatedPerson
from services.admission.domain.submission import identify
from services.admission.handlers.accept_movement import stated_number
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.neighbours import establishments_around
from services.admission.storage import submissions
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.identities import statements
from shared.database.pool import Connection


class OwnNumbers:
    """The numbers of one establishment."""

    def __init__(self, dependencies: Dependencies, connection: Connection, affiliation: Affiliation) -> None:
        self.dependencies, self.connection, self.affiliation = dependencies, connection, affiliation

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
        return identify([number], known, establishment=finess, earlier=earlier).person

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

    async def end(self, identifier: Identifier) -> None:
        """The number means nobody here any more; an INS that others state of the person goes on for them."""
        number, finess = self.of(identifier), self.affiliation.establishment
        await statements.end(self.connection, [number.local], scope=number.scope)
        if number.national is not None:
            heir = await self._scope_that_states_it_too(identifier, number.national)
            await statements.end_national(self.connection, number.national, scope=number.scope, heir=heir)
        before = [(index, finess) for index in number.earlier]
        if (await submissions.owners_of(self.connection, [], earlier=before))[1]:
            # What was stored before numbers had a scope may be others' as well: here it means nobody.
            nobody = Owner(await self.new_person(), number.scope)
            await statements.link(self.connection, number.local, nobody)

    async def _scope_that_states_it_too(self, identifier: Identifier, national: bytes) -> str | None:
        known, _ = await submissions.owners_of(self.connection, [national], earlier=[])
        if national not in known:
            return None
        person_id = known[national].person.person_id
        around = await establishments_around(self.connection, person_id) - {self.affiliation.establishment}
        person = StatedPerson(identifiers=(identifier,))
        numbers = [
            stated_number(self.dependencies.vault, identifier, person, affiliation)
            for affiliation in (await affiliations_of(self.connection, around)).values()
        ]
        owners, _ = await submissions.owners_of(
            self.connection, [number.local for number in numbers], earlier=[]
        )
        scopes = (
            number.scope
            for number in numbers
            if number.local in owners and owners[number.local].person.person_id == person_id
        )
        return min(scopes, default=None)
