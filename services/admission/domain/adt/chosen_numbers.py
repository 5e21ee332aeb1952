"""Chooses the number of a movement that came without one: pure, by what is known of those it may have."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.admission.domain.adt.synthesised_numbers import FAR, StoredNumber, SynthesisedNumber
from services.admission.domain.movement import Action


def choose(
    synthesised: SynthesisedNumber,
    action: Action,
    at: datetime,
    given: dict[str, StoredNumber],
    turns: Collection[datetime] = (),
) -> str:
    """The number of what happened then; `given` are those that anybody has.

    `turns` are when the opposite happened in the stay: its ends, for a begin. Beyond one, it happened again.
    """
    own = _own(synthesised.numbers(), given)
    if action == "insert":
        near = [
            each for each in own if given[each].distance(at) <= FAR and not _is_beyond(given[each], at, turns)
        ]
        return min(near, key=lambda each: given[each].distance(at)) if near else _free(synthesised, given)
    begun = _before(own, at, given) or _before(_own(synthesised.also, given), at, given)
    return begun or _free(synthesised, given)


def is_of_another(synthesised: SynthesisedNumber, number: str, given: dict[str, StoredNumber]) -> bool:
    """Whether it would have had an earlier number, if that were not another person's."""
    numbers = [*synthesised.numbers(), synthesised.last]
    earlier = numbers[: numbers.index(number)] if number in numbers else []
    return any(each in given and given[each].whose == "anothers" for each in earlier)


def _is_beyond(stored: StoredNumber, at: datetime, turns: Collection[datetime]) -> bool:
    """Whether one of the turns lies between; at the very moment, what is stated comes after it."""
    known = min(stored.times, key=lambda each: abs(each - at), default=at)
    return any(known < turn <= at or at < turn < known for turn in turns)


def _own(numbers: Sequence[str], given: dict[str, StoredNumber]) -> list[str]:
    return [each for each in numbers if each in given and given[each].whose == "own"]


def _before(numbers: Sequence[str], at: datetime, given: dict[str, StoredNumber]) -> str | None:
    """The last of them that happened by then, whatever clocks show."""
    latest = {each: max(given[each].times, default=at) for each in numbers}
    return max((each for each in numbers if latest[each] <= at + FAR), key=latest.__getitem__, default=None)


def _free(synthesised: SynthesisedNumber, given: dict[str, StoredNumber]) -> str:
    return next((each for each in synthesised.numbers() if each not in given), synthesised.last)
