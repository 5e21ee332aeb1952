"""A seed determines the faults and their times, with at most three at once."""

from collections import Counter

import pytest

from tests.continuity.faults.injector import injection_of
from tests.continuity.faults.kinds import KINDS, LOSES_DATA, group_of
from tests.continuity.faults.schedule import MAX_CONCURRENT_FAULTS, over_at, schedule_of

ALL = list(KINDS)


def test_the_same_seed_gives_the_same_schedule() -> None:
    assert schedule_of(7, kinds=ALL, times=3, within_seconds=400) == schedule_of(
        7, kinds=ALL, times=3, within_seconds=400
    )
    assert schedule_of(7, kinds=ALL, times=3, within_seconds=400) != schedule_of(
        8, kinds=ALL, times=3, within_seconds=400
    )


@pytest.mark.parametrize("seed", range(5))
def test_every_kind_comes_as_often_as_asked(seed: int) -> None:
    faults = schedule_of(seed, kinds=ALL, times=4, within_seconds=500)
    assert Counter(fault.kind for fault in faults) == dict.fromkeys(KINDS, 4)
    assert [fault.number for fault in faults] == list(range(1, len(faults) + 1))


@pytest.mark.parametrize("seed", range(5))
def test_at_most_three_overlap_and_none_on_one_target(seed: int) -> None:
    faults = schedule_of(seed, kinds=ALL, times=4, within_seconds=300)
    for fault in faults:
        held = [each for each in faults if each.at_seconds <= fault.at_seconds < over_at(each)]
        groups = [group_of(each.target) for each in held]
        assert len(held) <= MAX_CONCURRENT_FAULTS
        assert len(set(groups)) == len(groups)


def test_every_kind_lasts_as_long_as_its_catalogue_says() -> None:
    for fault in schedule_of(1, kinds=ALL, times=10, within_seconds=2000):
        shortest, longest = KINDS[fault.kind].lasts
        assert shortest <= fault.lasts_seconds <= longest
        assert fault.target in KINDS[fault.kind].targets


def test_every_kind_can_be_carried_out() -> None:
    assert all(callable(injection_of(kind)) for kind in KINDS)


@pytest.mark.parametrize("seed", range(5))
def test_the_broker_loses_data_while_there_is_time_to_repair_it(seed: int) -> None:
    faults = schedule_of(seed, kinds=ALL, times=1, within_seconds=120)
    lost = [number for number, fault in enumerate(faults) if fault.kind in LOSES_DATA]
    assert max(lost) < 0.75 * len(faults)
