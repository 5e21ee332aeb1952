"""Numbers that never came are named, and forgotten when they come after all."""

from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.admission.domain.rhythm.sequence import MOST_GAPS, Gap, Sequence, follow

numbers = st.lists(st.integers(1, 40), min_size=1, max_size=40)


def after(*came: int) -> Sequence:
    return reduce(follow, came, Sequence())


@pytest.mark.parametrize(
    ("came", "last", "gaps"),
    [
        ((7, 8, 9), 9, ()),
        ((7, 8, 8, 7), 8, ()),
        ((7, 11), 11, (Gap(8, 10),)),
        ((7, 11, 9), 11, (Gap(8, 8), Gap(10, 10))),
        ((7, 11, 9, 8, 10), 11, ()),
        ((7, 11, 3), 11, (Gap(8, 10),)),
        ((7, 0, 1, 2), 2, ()),
        ((7, 0, 3), 3, (Gap(1, 2),)),
        ((7, 9, -1, 52, 53), 53, (Gap(8, 8),)),
    ],
)
def test_what_is_missing_is_what_was_skipped_and_never_came(
    came: tuple[int, ...], last: int, gaps: tuple[Gap, ...]
) -> None:
    assert after(*came) == Sequence(last, gaps)


@given(came=numbers)
@settings(max_examples=50)
def test_in_any_order_exactly_what_lies_between_is_missing(came: list[int]) -> None:
    found = after(*came)
    missing = {number for gap in found.gaps for number in range(gap.first, gap.last + 1)}
    assert missing == set(range(came[0], max(came))) - set(came)
    assert all(before.last < following.first for before, following in pairwise(sorted(found.gaps)))


def test_a_source_that_skips_for_ever_fills_nothing() -> None:
    found = after(*range(1, 1000, 2))
    assert (len(found.gaps), found.gaps[-1]) == (MOST_GAPS, Gap(998, 998))


def test_a_source_that_counts_down_from_a_far_number_fills_nothing() -> None:
    found = after(1, 1000, *range(998, 1, -2))
    assert (len(found.gaps), found.gaps[-1]) == (MOST_GAPS, Gap(999, 999))
