"""A consumer that stands still though records wait ends its worker."""

import pytest

from shared.spine.consumer.progress import ConsumerStalled, Watchdog


class Hands:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def watchdog(hands: Hands) -> Watchdog[str]:
    return Watchdog(stalled_after_seconds=60, now=hands)


def test_it_looks_four_times_per_limit(watchdog: Watchdog[str], hands: Hands) -> None:
    assert not watchdog.is_due()
    hands.seconds += 15
    assert watchdog.is_due()
    watchdog.observe({})
    assert not watchdog.is_due()


def test_standing_still_with_something_to_read_ends_the_worker(watchdog: Watchdog[str], hands: Hands) -> None:
    watchdog.observe({"p1": 5})
    hands.seconds += 59
    watchdog.observe({"p1": 5})
    hands.seconds += 1
    with pytest.raises(ConsumerStalled):
        watchdog.observe({"p1": 5})


def test_being_behind_but_moving_is_ordinary(watchdog: Watchdog[str], hands: Hands) -> None:
    for offset in range(10):
        watchdog.observe({"p1": offset})
        hands.seconds += 59


def test_catching_up_in_between_starts_the_count_anew(watchdog: Watchdog[str], hands: Hands) -> None:
    watchdog.observe({"p1": 5})
    hands.seconds += 59
    watchdog.observe({})
    hands.seconds += 59
    watchdog.observe({"p1": 5})


def test_one_stuck_partition_is_enough_while_others_move(watchdog: Watchdog[str], hands: Hands) -> None:
    watchdog.observe({"p1": 5, "p2": 1})
    hands.seconds += 60
    with pytest.raises(ConsumerStalled):
        watchdog.observe({"p1": 5, "p2": 2})
