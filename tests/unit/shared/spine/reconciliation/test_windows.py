"""Hours are joined, left out and divided into batches without losing or repeating one."""

from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.spine.reconciliation.comparison.differences import CellKey, starting_after
from shared.spine.reconciliation.hours.windows import (
    HOUR,
    WINDOWS_PER_BATCH,
    batches,
    hour_of,
    hours,
    joined,
    uncovered,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@given(st.sets(st.integers(0, 200), max_size=50))
def test_joined_windows_are_the_same_hours_joined(numbers: set[int]) -> None:
    starts = [NOON + number * HOUR for number in sorted(numbers)]
    spans = joined(starts)
    assert [start for since, until in spans for start in hours(since, until)] == starts
    assert all(until < since for (_, until), (since, _) in pairwise(spans))


@given(st.sets(st.integers(0, 60), max_size=40), st.integers(1, 61 * 60))
def test_the_uncovered_parts_and_the_hours_are_the_whole_span(numbers: set[int], minutes: int) -> None:
    until = NOON + timedelta(minutes=minutes)
    starts = [
        start for start in (NOON + number * HOUR for number in sorted(numbers)) if start + HOUR <= until
    ]
    parts = uncovered(starts, NOON, until)
    assert all(since < end for since, end in parts)
    assert sum((end - since for since, end in parts), len(starts) * HOUR) == until - NOON
    covered = sorted([*parts, *((start, start + HOUR) for start in starts)])
    assert all(end == since for (_, end), (since, _) in pairwise(covered))


@given(st.integers(0, 100))
def test_batches_are_small_and_leave_nothing_out(count: int) -> None:
    starts = [NOON + number * HOUR for number in range(count)]
    divided = list(batches(starts))
    assert list(chain.from_iterable(divided)) == starts
    assert all(0 < len(batch) <= WINDOWS_PER_BATCH for batch in divided)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_moment_lies_in_its_hour(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert hour_of(moment) <= moment < hour_of(moment) + HOUR
    assert hours(moment, moment + HOUR)[0] == hour_of(moment)


def test_cells_take_turns() -> None:
    cells: list[CellKey] = [(NOON, 0), (NOON, 3), (NOON + HOUR, 1)]
    assert starting_after(cells, None) == cells
    assert starting_after(cells, (NOON, 0)) == [(NOON, 3), (NOON + HOUR, 1), (NOON, 0)]
    assert starting_after(cells, (NOON, 2)) == [(NOON, 3), (NOON + HOUR, 1), (NOON, 0)]
    assert starting_after(cells, (NOON + HOUR, 9)) == cells
