"""Gives movements without numbers those by which what is stored of their stays is known (decision 0069)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.admission.domain.adt.chosen_numbers import choose, is_of_another
from services.admission.domain.adt.synthesised_numbers import StoredNumber, SynthesisedNumber
from services.admission.domain.adt.turns import turns_of
from services.admission.domain.identities.reassignment import Statement, held_by
from services.admission.domain.movement import Action
from services.admission.domain.submission import Submission, identify
from services.admission.handlers.commit_submissions import owners_of
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.identities import movements
from shared.events.admission import MovementCancelled


async def with_its_number(
    dependencies: Dependencies, submission: Submission, synthesised: SynthesisedNumber, action: Action
) -> tuple[Submission, bool]:
    """The submission under the number that what it states has, and whether another person has an earlier one.

    One statement where the visit number is new.
    """
    vault, establishment = dependencies.vault, submission.data.establishment
    numbers = [*synthesised.numbers(), *(synthesised.also if action != "insert" else ())]
    ids = {vault.opaque_id(establishment, "movement", number): number for number in numbers}
    holders = await movements.whose(dependencies.pool, ids)
    if not holders:
        return submission, False
    given, held = await _given(dependencies, submission, ids, holders)
    synthesised = replace(synthesised, whose=submission.numbers[0].local.hex())
    turns = turns_of(submission.data, held)
    number = choose(synthesised, action, submission.data.occurred_at, given, turns)
    data = replace(submission.data, movement_id=vault.opaque_id(establishment, "movement", number))
    return replace(submission, data=data), is_of_another(synthesised, number, given)


Held = Mapping[UUID, Sequence[Statement]]
"""Movement -> what was stated of it, of those that the person has."""


async def _given(
    dependencies: Dependencies, submission: Submission, ids: Mapping[UUID, str], holders: Mapping[UUID, UUID]
) -> tuple[dict[str, StoredNumber], Held]:
    owners, earlier = await owners_of(dependencies, [submission])
    establishment = submission.data.establishment
    person = identify(submission.numbers, owners, establishment=establishment, earlier=earlier).person
    # Whom a number means may be remembered from before a merge, or its end.
    identities = {*holders.values(), *([person.identity] if person else ())}
    survivors = await movements.survivors_of(dependencies.pool, identities)
    named = survivors.get(person.identity, person.person_id) if person else None
    own = {one for one, holder in holders.items() if survivors.get(holder, holder) == named}
    published = await movements.published_of(dependencies.pool, [named]) if own and named else {}
    held = held_by(named, published.get(named, ())) if named else {}
    times = {
        one: [each.data.occurred_at for each in statements if not isinstance(each.data, MovementCancelled)]
        for one, statements in held.items()
    }
    given = {
        ids[one]: StoredNumber("own", times.get(one, ())) if one in own else StoredNumber("anothers")
        for one in holders
    }
    return given, held
