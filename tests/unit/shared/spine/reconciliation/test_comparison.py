"""Two digests differ exactly when the sets do, and the difference is named exactly."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shared.spine.reconciliation.comparison.differences import (
    classify,
    deficits,
    is_equal,
    key_of_event,
    to_examine,
)
from shared.spine.reconciliation.hours.windows import (
    BUCKETS,
    HOUR,
    EventKey,
    HourCounts,
    bucket_of,
    cell_of,
    hour_of,
)
from shared.spine.reconciliation.report.balance import BalanceLine, balance_lines
from shared.spine.records.pulled import LedgerEvent

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _event(event: int, subject: int, sequence: int, seconds: int) -> LedgerEvent:
    return LedgerEvent(
        event_id=UUID(int=event),
        subject=UUID(int=subject),
        sequence=sequence,
        type="type",
        occurred_at=NOON,
        recorded_at=NOON + timedelta(seconds=seconds),
        data=msgspec.Raw(b"{}"),
    )


events = st.builds(
    _event, st.integers(0, 2**128 - 1), st.integers(0, 20), st.integers(1, 5), st.integers(0, 3 * 3600)
)
histories = st.lists(events, max_size=30, unique_by=lambda event: event.event_id)


def windows_of(recorded: Sequence[LedgerEvent]) -> dict[datetime, HourCounts]:
    by_hour: dict[datetime, list[EventKey]] = defaultdict(list)
    for event in recorded:
        by_hour[hour_of(event.recorded_at)].append(key_of_event(event))
    return {
        start: HourCounts(
            start=start,
            total=len(held),
            buckets=tuple(
                cell_of(one for one in held if bucket_of(one.subject) == bucket) for bucket in range(BUCKETS)
            ),
            tallies={},
        )
        for start, held in by_hour.items()
    }


@given(histories)
def test_a_digest_is_of_the_set_whatever_the_order(history: list[LedgerEvent]) -> None:
    shuffled = sorted(history, key=lambda event: event.event_id)
    ours, theirs = windows_of(history), windows_of(shuffled)
    assert ours.keys() == theirs.keys()
    assert all(is_equal(ours[start], theirs[start]) for start in ours)


@given(histories, st.data())
def test_the_cells_that_differ_are_those_of_the_events_that_one_side_lacks(
    history: list[LedgerEvent], data: st.DataObject
) -> None:
    held = data.draw(st.lists(st.sampled_from(history), unique_by=id)) if history else []
    ids = {event.event_id for event in held}
    lacking = [event for event in history if event.event_id not in ids]
    found = deficits(windows_of(held), windows_of(history))
    assert found.keys() == {(hour_of(event.recorded_at), bucket_of(event.subject)) for event in lacking}
    assert sum(found.values()) == len(lacking)


@given(histories, histories, st.data())
def test_each_event_is_on_one_side_on_both_or_misdated(
    recorded: list[LedgerEvent], others: list[LedgerEvent], data: st.DataObject
) -> None:
    here = {key_of_event(event) for event in others}
    elsewhere = data.draw(st.lists(st.sampled_from(recorded))) if recorded else []
    here |= {key_of_event(event) for event in recorded[::3]}
    named = {key_of_event(event): event.recorded_at for event in recorded}
    moved = {key_of_event(event): event.recorded_at + HOUR for event in elsewhere}
    came_meanwhile = {identity: at for identity, at in list(named.items())[1::3] if identity not in moved}
    found = classify(
        [event for event in recorded if key_of_event(event) not in here],
        unknown=here - named.keys(),
        held_anywhere=moved | came_meanwhile,
    )
    missing = {key_of_event(event) for event in found.missing}
    misdated = {key_of_event(event) for event in found.misdated}
    assert missing == named.keys() - here - moved.keys() - came_meanwhile.keys()
    assert misdated == moved.keys() - here
    assert set(found.unknown) == here - named.keys()


def test_what_gets_better_is_on_its_way_and_what_does_not_is_examined() -> None:
    before = {(NOON, 0): 5, (NOON, 1): 5, (NOON, 2): 0, (NOON, 3): 1}
    now = {(NOON, 0): 4, (NOON, 1): 5, (NOON, 2): 0, (NOON, 4): 9}
    assert to_examine(now, before) == [(NOON, 1), (NOON, 2)]


def test_what_we_hold_and_the_publisher_does_not_is_examined_at_once() -> None:
    forged, in_place_of_another, on_their_way = (NOON, 0), (NOON, 1), (NOON, 2)
    assert to_examine({forged: -1, in_place_of_another: 0, on_their_way: 9}, {}) == [
        forged,
        in_place_of_another,
    ]


NUMBERS = ("applied", "parked", "dismissed", "pending", "missing", "unknown")


@given(st.fixed_dictionaries({name: st.integers(0, 50) for name in NUMBERS}))
def test_a_balance_line_is_explained_only_when_nothing_is_missing_unknown_or_left_over(
    counted: dict[str, int],
) -> None:
    received = sum(counted.values()) - 2 * counted["unknown"]
    balanced = BalanceLine(day=NOON.date(), establishment=None, received=received, **counted)
    assert balanced.unexplained == counted["missing"] + counted["unknown"]
    off = msgspec.structs.replace(balanced, received=received + 1)
    assert off.unexplained == counted["missing"] + counted["unknown"] + 1


def test_a_balance_line_is_made_for_every_day_that_anything_is_known_of() -> None:
    day = NOON.date()
    made = balance_lines(Counter({(day, "A"): 2}), applied={(day, "A"): 2}, unknown={(day, ""): 1})
    assert [(each.establishment, each.received, each.unexplained) for each in made] == [
        (None, 0, 2),
        ("A", 2, 0),
    ]
