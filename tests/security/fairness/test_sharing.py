"""However much one takes, there is something left for the next; however many take, they get the same."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.admission import KeyLimits
from shared.web.fairness.caller import Caller
from shared.web.fairness.callers import Callers
from shared.web.fairness.failed_keys import FAILED_KEYS_AT_ONCE, FailedKeys
from shared.web.fairness.rate import Rate
from shared.web.fairness.shared_places import SharedPlaces


@pytest.mark.parametrize(("claimants", "each"), [(1, 384), (2, 219), (4, 118), (16, 31)])
def test_those_who_want_everything_get_the_same_and_leave_something(claimants: int, each: int) -> None:
    places = SharedPlaces(512)
    for turn in range(512 * claimants):
        places.take(turn % claimants)
    assert all(abs(held - each) <= 1 for held in places.held.values())
    assert places.take("one more")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=200), st.integers(1, 20))
def test_what_is_taken_is_what_is_held(moves: list[tuple[str, bool]], size: int) -> None:
    places, held = SharedPlaces(size), Counter[str]()
    for claimant, takes in moves:
        if takes:
            held[claimant] += places.take(claimant)
        elif held[claimant]:
            places.give_back(claimant)
            held[claimant] -= 1
        assert places.taken == held.total() <= size
        assert places.held == {name: count for name, count in held.items() if count}


def test_a_newcomer_gets_a_place_while_one_is_free() -> None:
    places = SharedPlaces(8)
    while places.take("crowd"):
        pass
    newcomers = [places.take(number) for number in range(10)]
    assert newcomers == [True] * 2 + [False] * 8


def test_a_rate_saves_up_to_its_store_and_no_more() -> None:
    rate = Rate(per_second=2, store=3)
    assert rate.seconds_until_allowed(1000) == 0
    for _ in range(3):
        rate.use()
    assert rate.seconds_until_allowed(1000) == 0.5
    assert rate.seconds_until_allowed(1001) == 0
    assert rate.seconds_until_allowed(9999) == 0
    assert rate.left == 3


def test_what_is_used_beyond_the_store_is_waited_for() -> None:
    rate = Rate(per_second=10, store=100)
    rate.seconds_until_allowed(0)
    rate.use(600)
    assert rate.seconds_until_allowed(0) == pytest.approx(50.1)
    assert rate.seconds_until_allowed(51) == 0


@pytest.mark.parametrize(
    "limits",
    [KeyLimits(requests_per_second=1), KeyLimits(concurrent_requests=1), KeyLimits(bytes_per_minute=1)],
)
def test_a_caller_waits_by_each_of_its_limits(limits: KeyLimits) -> None:
    caller = Caller("key", limits)
    assert caller.seconds_until_allowed(0) == 0
    caller.inside += 1
    for rate in (caller.requests, caller.bytes):
        if rate is not None:
            rate.use(2)
    assert caller.seconds_until_allowed(0) > 0


def test_an_address_that_tries_keys_is_slowed_down_and_no_other() -> None:
    failed = FailedKeys()
    for _ in range(FAILED_KEYS_AT_ONCE):
        assert failed.seconds_until_allowed("198.51.100.1", 0) == 0
        failed.note("198.51.100.1", 0)
    assert failed.seconds_until_allowed("198.51.100.1", 0) > 0
    assert failed.seconds_until_allowed("198.51.100.1", 10) == 0
    assert failed.seconds_until_allowed("198.51.100.2", 0) == 0


def test_new_limits_of_a_key_count_from_when_they_are_known() -> None:
    callers = Callers()
    first = callers.remember(b"a", "key", KeyLimits())
    again = callers.remember(b"b", "key", KeyLimits(concurrent_requests=1))
    assert first is again
    assert first.limits.concurrent_requests == 1
    callers.forget(b"a")
    assert callers.find(b"a") is None
    assert callers.find(b"b") is first
