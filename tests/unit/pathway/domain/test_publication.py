"""What is published is complete, also when corrections turn it back."""

from typing import Literal
from uuid import UUID

import msgspec

from shared.events.envelope import NewEvent
from shared.events.pathway import ExpectationMet, ExpectationOpened, ExpectationWithdrawn, RuptureClosed
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    minutes,
    movement_of,
)
from tests.unit.pathway.listener import Publisher


def _names(events: list[NewEvent]) -> list[str]:
    return [type(event.data).__name__ for event in events]


def _departed() -> PersonHistory:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    return rose


def test_overdue_then_late_arrival() -> None:
    publisher, rose = Publisher(), _departed()
    assert _names(publisher.take_in(rose.events, now=minutes(601))) == ["ExpectationOpened"]
    assert publisher.take_in([], now=minutes(720)) == []
    opened = publisher.take_in([], now=minutes(721))
    assert _names(opened) == ["RuptureOpened"]
    assert opened[0].occurred_at == minutes(720)
    closed, met = publisher.take_in(
        [rose.admit("second", at=minutes(800), establishment=REHABILITATION)], now=minutes(810)
    )
    assert isinstance(closed.data, RuptureClosed)
    assert (closed.data.reason, closed.data.closed_at) == ("arrived", minutes(810))
    assert isinstance(met.data, ExpectationMet)
    assert met.data.late


def test_an_arrival_in_time_that_is_reported_late_is_not_late_but_closes_the_rupture() -> None:
    publisher, rose = Publisher(), _departed()
    assert _names(publisher.take_in(rose.events, now=minutes(721))) == ["ExpectationOpened", "RuptureOpened"]
    _, met = publisher.take_in(
        [rose.admit("second", at=minutes(700), establishment=REHABILITATION)], now=minutes(810)
    )
    assert isinstance(met.data, ExpectationMet)
    assert not met.data.late


def test_a_cancelled_arrival_opens_the_expectation_and_the_rupture_again() -> None:
    publisher, rose = Publisher(), _departed()
    arrival = rose.admit("second", at=minutes(650), establishment=REHABILITATION)
    assert _names(publisher.take_in(rose.events, now=minutes(651))) == ["ExpectationOpened", "ExpectationMet"]
    again = publisher.take_in([rose.cancel(arrival)], now=minutes(660))
    assert _names(again) == ["ExpectationOpened"]
    assert _names(publisher.take_in([], now=minutes(721))) == ["RuptureOpened"]
    met = rose.admit("second", at=minutes(722), establishment=REHABILITATION)
    assert _names(publisher.take_in([met], now=minutes(730))) == ["RuptureClosed", "ExpectationMet"]
    assert _names(publisher.take_in([rose.cancel(met)], now=minutes(740))) == [
        "ExpectationOpened",
        "RuptureOpened",
    ]


def test_a_withdrawn_departure_closes_its_rupture() -> None:
    publisher, rose = Publisher(), _departed()
    publisher.take_in(rose.events, now=minutes(721))
    withdrawn = publisher.take_in([rose.cancel(rose.events[1])], now=minutes(730))
    assert _names(withdrawn) == ["RuptureClosed", "ExpectationWithdrawn"]
    assert isinstance(withdrawn[0].data, RuptureClosed)
    assert withdrawn[0].data.reason == "withdrawn"


def test_who_is_found_elsewhere_closes_the_rupture_and_both_ends_hear_how() -> None:
    publisher, rose = Publisher(), _departed()
    publisher.take_in(rose.events, now=minutes(721))
    elsewhere = rose.admit("third", at=minutes(740), establishment=NURSING_HOME)
    closed, ended = publisher.take_in([elsewhere], now=minutes(750))
    assert isinstance(closed.data, RuptureClosed)
    assert (closed.data.reason, closed.data.ended_as) == ("withdrawn", "elsewhere")
    assert isinstance(ended.data, ExpectationWithdrawn)
    assert (ended.data.ended_as, ended.data.ended_at) == ("elsewhere", minutes(740))
    assert ended.data.ended_by_movement_id == movement_of(elsewhere).movement_id
    assert ended.occurred_at == minutes(740)
    opened, overdue = publisher.take_in([rose.cancel(elsewhere)], now=minutes(760))
    assert _names([opened, overdue]) == ["ExpectationOpened", "RuptureOpened"]
    withdrawn = publisher.take_in([rose.cancel(rose.events[1])], now=minutes(770))
    assert _names(withdrawn) == ["RuptureClosed", "ExpectationWithdrawn"]


def test_an_end_that_comes_with_its_departure_is_published_with_its_beginning() -> None:
    publisher, rose = Publisher(), _departed()
    rose.admit("again", at=minutes(640), establishment=HOSPITAL)
    assert _names(publisher.take_in(rose.events, now=minutes(650))) == [
        "ExpectationOpened",
        "ExpectationWithdrawn",
    ]
    assert _names(publisher.take_in([rose.cancel(rose.events[1])], now=minutes(660))) == [
        "ExpectationWithdrawn"
    ]


class _RuptureClosedBefore(msgspec.Struct):
    """As a consumer of version 0.1.0 knows it."""

    rupture_id: UUID
    reason: Literal["arrived", "withdrawn"]


def test_a_consumer_of_the_version_before_reads_every_end() -> None:
    publisher, rose = Publisher(), _departed()
    publisher.take_in(rose.events, now=minutes(721))
    rose.admit("again", at=minutes(740), establishment=HOSPITAL)
    closed, _ = publisher.take_in(rose.events[-1:], now=minutes(750))
    read = msgspec.json.decode(msgspec.json.encode(closed.data), type=_RuptureClosedBefore)
    assert read.reason == "withdrawn"


def test_a_departure_cancelled_before_anyone_heard_of_it_is_not_mentioned() -> None:
    publisher, rose = Publisher(), _departed()
    rose.cancel(rose.events[1])
    assert publisher.take_in(rose.events, now=minutes(601)) == []


def test_a_new_deadline_is_said_and_ends_a_rupture_that_was_none() -> None:
    publisher, rose = Publisher(), _departed()
    publisher.take_in(rose.events, now=minutes(721))
    later = rose.update(rose.events[1], emitted=minutes(725), occurred_at=minutes(700))
    closed, opened = publisher.take_in([later], now=minutes(730))
    assert _names([closed, opened]) == ["RuptureClosed", "ExpectationOpened"]
    assert isinstance(opened.data, ExpectationOpened)
    assert opened.data.due_at == minutes(820)


def test_a_slow_clock_does_not_close_what_a_fast_one_opened() -> None:
    publisher, rose = Publisher(), _departed()
    publisher.take_in(rose.events, now=minutes(721))
    assert publisher.take_in([], now=minutes(719)) == []
    assert publisher.take_in([], now=minutes(722)) == []


def test_applied_again_the_same_step_bears_the_same_ids() -> None:
    rose = _departed()
    once, again = (Publisher().take_in(rose.events, now=minutes(at)) for at in (601, 640))
    assert [event.event_id for event in once] == [event.event_id for event in again]
