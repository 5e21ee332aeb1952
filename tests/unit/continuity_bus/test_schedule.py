"""A seed determines the schedule, and any part of it has every kind of fault."""

from collections import Counter

from tests.continuity.bus.faults import BLOCK, INJECT, schedule_of


def test_a_seed_gives_one_schedule_however_long() -> None:
    long = schedule_of(7, cycles=60, members=3)
    assert long == schedule_of(7, cycles=60, members=3)
    assert [each.kind for each in long[:25]] == [each.kind for each in schedule_of(7, cycles=25, members=3)]
    assert long != schedule_of(8, cycles=60, members=3)


def test_every_block_holds_every_kind_that_can_be_injected() -> None:
    size = sum(BLOCK.values())
    schedule = schedule_of(1, cycles=2 * size, members=3)
    for block in (schedule[:size], schedule[size:]):
        assert Counter(each.kind for each in block) == BLOCK
    assert set(BLOCK) == set(INJECT)


def test_a_stopped_member_is_stopped_for_longer_than_its_session() -> None:
    stopped = [each for each in schedule_of(1, cycles=100, members=2) if each.kind == "member stopped"]
    assert stopped
    assert all(each.seconds > 10 for each in stopped)
    assert {each.member for each in stopped} == {0, 1}
