"""Tells whether a number that somebody has may be the one into which another number was changed."""

from services.admission.domain.identifiers import Person
from services.admission.domain.traits import compare_identities
from services.admission.handlers.identities.known_traits import last_stated
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.storage.identities import movements, statements
from shared.events.admission import is_movement


async def is_later_number(numbers: OwnNumbers, former: Person, later: Person) -> bool:
    """Whether nothing was stated of whom the new number means until the change, and no traits disagree.

    So it is where a movement of the new number, and a late one of the former, came before the change did.
    """
    if await statements.was_named_by(numbers.connection, later.person_id, numbers.at):
        return False
    published = await movements.published_of(numbers.connection, [later.person_id])
    stated = [each.data for of_person in published.values() for each in of_person]
    if any((each.ordered_at or each.emitted_at) <= numbers.at for each in stated if is_movement(each)):
        return False
    pair = (former.person_id, later.person_id)
    known = await last_stated(numbers.dependencies, numbers.connection, pair)
    ours, theirs = (known[each].traits.values() if each in known else () for each in pair)
    return not compare_identities(ours, theirs).disagreeing
