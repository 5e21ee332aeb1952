"""Ends a number of one establishment without ending what others state by it (decision 0027).

Whose it was until then is kept: what comes late under the number, but is from before, is theirs (0023).
"""

from services.admission.domain.identifiers import Owner
from services.admission.domain.movement import Identifier, Person
from services.admission.handlers.accept_movement import stated_number
from services.admission.handlers.identities.neighbours import establishments_around
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.storage import submissions
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.identities import statements


async def end_number(numbers: OwnNumbers, identifier: Identifier) -> bool:
    """The number means nobody here any more; an INS that others state of the person goes on for them.

    Whether it meant anybody.
    """
    number, finess = numbers.of(identifier), numbers.affiliation.establishment
    if await numbers.had_ended(number):
        return False  # somebody else may have it by now
    has_ended = await statements.take_away(
        numbers.connection, number.local, scope=number.scope, at=numbers.at
    )
    if number.national is not None:
        heir = await _scope_that_states_it_too(numbers, identifier, number.national)
        has_ended |= await statements.end_national(
            numbers.connection, number.national, scope=number.scope, heir=heir
        )
    before = [(index, finess) for index in number.earlier]
    _, known = await submissions.owners_of(numbers.connection, [], earlier=before)
    if known:
        former = Owner(next(iter(known.values())), number.scope)
        await statements.had(numbers.connection, number.local, former, until=numbers.at)
        # What was stored before numbers had a scope may be others' as well: here it means nobody.
        nobody = Owner(await numbers.new_person(), number.scope)
        has_ended |= await statements.link(numbers.connection, number.local, nobody)
    return has_ended


async def _scope_that_states_it_too(
    numbers: OwnNumbers, identifier: Identifier, national: bytes
) -> str | None:
    known, _ = await submissions.owners_of(numbers.connection, [national], earlier=[])
    if national not in known:
        return None
    person_id = known[national].person.person_id
    around = await establishments_around(numbers.connection, person_id) - {numbers.affiliation.establishment}
    person = Person(identifiers=(identifier,))
    named = [
        stated_number(numbers.dependencies.vault, identifier, person, affiliation)
        for affiliation in (await affiliations_of(numbers.connection, around)).values()
    ]
    owners, _ = await submissions.owners_of(
        numbers.connection, [number.local for number in named], earlier=[]
    )
    scopes = (
        number.scope
        for number in named
        if number.local in owners and owners[number.local].until is None
        if owners[number.local].person.person_id == person_id
    )
    return min(scopes, default=None)
