"""Choices are made by the bytes that were drawn; without any, each is the simplest."""

from hypothesis import given
from hypothesis import strategies as st

from shared.testing.choices import CHOICES, Choices

OPTIONS = "abcdefgh"


def test_nothing_but_zeros_chooses_what_is_first() -> None:
    for drawn in (b"", bytes(100)):
        choose = Choices(drawn)
        assert (choose.of(OPTIONS), choose.between(-5, 5), choose.below(1000)) == ("a", -5, 0)
        assert choose.some(OPTIONS, at_most=3) == []
        assert choose.shuffled(OPTIONS) == list(OPTIONS)


def test_a_byte_is_a_choice_and_two_are_one_of_many() -> None:
    choose = Choices(bytes([1, 10, 3, 232, 255]))
    assert (choose.of(OPTIONS), choose.below(4), choose.below(2000), choose.below(256)) == ("b", 2, 1000, 255)


@given(choose=CHOICES, some=st.lists(st.integers(), max_size=20))
def test_what_is_shuffled_is_all_there(choose: Choices, some: list[int]) -> None:
    assert sorted(choose.shuffled(some)) == sorted(some)
    assert set(choose.some(some, at_most=4)) <= set(some)
