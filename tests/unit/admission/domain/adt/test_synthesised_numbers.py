"""Whatever comes first, what happened once has one number, and what happened twice has two."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from services.admission.domain.adt.chosen_numbers import choose, is_of_another
from services.admission.domain.adt.synthesised_numbers import StoredNumber, SynthesisedNumber

BEGIN = SynthesisedNumber("V7", "admission")
AT = datetime(2020, 3, 6, tzinfo=UTC)
YEARS = timedelta(days=2000)


def test_any_order_of_stays_years_apart_gives_each_its_number() -> None:
    moments = (AT, AT + timedelta(days=2), AT + YEARS, AT + YEARS * 2)
    for order in permutations(moments):
        given: dict[str, StoredNumber] = {}
        for at in order:
            number = choose(BEGIN, "insert", at, given)
            times = given[number].times if number in given else ()
            given[number] = StoredNumber("own", (*times, at))
        assert sorted(len(each.times) for each in given.values()) == [1, 1, 2]
        for at in moments:
            assert at in given[choose(BEGIN, "insert", at, given)].times


def test_another_person_has_another_number_in_either_order() -> None:
    given = {"V7/admission": StoredNumber("anothers")}
    number = choose(BEGIN, "insert", AT, given)
    assert (number, is_of_another(BEGIN, number, given)) == ("V7/admission#2", True)
    assert choose(BEGIN, "cancel", AT, given) == "V7/admission#2"
    both = given | {number: StoredNumber("own", (AT,))}
    assert choose(BEGIN, "cancel", AT + timedelta(hours=1), both) == number
    turned = {"V7/admission": StoredNumber("own", (AT,)), number: StoredNumber("anothers")}
    assert (choose(BEGIN, "insert", AT, turned), is_of_another(BEGIN, "V7/admission", turned)) == (
        "V7/admission",
        False,
    )


def test_a_cancel_finds_the_last_begin_before_it_however_the_person_came() -> None:
    visit = {"V7/visit": StoredNumber("own", (AT,))}
    assert choose(BEGIN, "cancel", AT + timedelta(days=1), visit) == "V7/visit"
    assert choose(BEGIN, "insert", AT, visit) == "V7/admission"
    both = visit | {
        "V7/admission": StoredNumber("own", (AT,)),
        "V7/admission#2": StoredNumber("own", (AT + YEARS,)),
    }
    assert choose(BEGIN, "cancel", AT + timedelta(days=1), both) == "V7/admission"
    assert choose(BEGIN, "cancel", AT + YEARS * 3, both) == "V7/admission#2"
    assert choose(BEGIN, "cancel", AT, {}) == "V7/admission"
    known = {"V7/admission": StoredNumber("own", (AT,))}
    waiting = choose(BEGIN, "cancel", AT - YEARS, known)
    assert waiting == "V7/admission#2", "what nobody knows yet is cancelled, and not what came years later"
    assert choose(BEGIN, "insert", AT - YEARS, known | {waiting: StoredNumber("own")}) == waiting
    unknown = {"V7/discharge": StoredNumber("own", ())}
    assert choose(SynthesisedNumber("V7", "discharge"), "insert", AT, unknown) == "V7/discharge"


def test_a_number_that_everybody_gets_takes_nothing_from_the_ninth() -> None:
    given = {number: StoredNumber("anothers") for number in BEGIN.numbers()}
    tenth, eleventh = SynthesisedNumber("V7", "admission", "a"), SynthesisedNumber("V7", "admission", "b")
    numbers = [choose(synthesised, "insert", AT, given) for synthesised in (tenth, eleventh)]
    assert len({*numbers, *given}) == len(given) + 2, "the ninth patient's admission is another's now"
    assert is_of_another(tenth, numbers[0], given)
    assert choose(tenth, "cancel", AT, given) == numbers[0]


def test_a_begin_beyond_an_end_is_another_one_and_so_is_the_end_that_follows() -> None:
    end = SynthesisedNumber("V7", "discharge")
    day = timedelta(days=1)
    begun, ended = ({f"V7/{each}": StoredNumber("own", (AT,))} for each in ("admission", "discharge"))
    for later in (day, 2 * day, 100 * day):
        assert choose(BEGIN, "insert", AT + later, begun, [AT + day]) == "V7/admission#2"
        assert choose(BEGIN, "insert", AT + later, begun) == "V7/admission", "a correction"
        assert choose(end, "insert", AT + later, ended, [AT + day]) == "V7/discharge#2"
    assert choose(BEGIN, "insert", AT + day, begun, [AT + 2 * day]) == "V7/admission"
    assert choose(BEGIN, "insert", AT - 3 * day, begun, [AT - day]) == "V7/admission#2", "an earlier stay"
    assert choose(BEGIN, "insert", AT - day, begun, [AT]) == "V7/admission", "of who came and went"
    both = begun | {"V7/admission#2": StoredNumber("own", (AT + 2 * day,))}
    assert choose(BEGIN, "insert", AT + 3 * day, both, [AT + day]) == "V7/admission#2"
    assert choose(BEGIN, "cancel", AT + 3 * day, both, [AT + day]) == "V7/admission#2"
