"""Retries, steps, receipts and quiet hours: how long is waited, and what follows."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.obligations.obligation import (
    Attempt,
    AttemptStatus,
    ReportState,
    status_after_reports,
)
from services.notifications.domain.obligations.timing import (
    NextTry,
    UrgencyWaits,
    Waits,
    delayed_until,
    next_channel,
    next_try,
)

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
U2 = UrgencyWaits(waits=Waits(), urgency="U2")
U3 = UrgencyWaits(waits=Waits(), urgency="U3")


def attempt(
    number: int,
    status: AttemptStatus,
    *,
    minute: float = 0,
    step: int = 1,
    channel: ChannelName = "sms",
    last_bits: int = 500,
) -> Attempt:
    at = T0 + timedelta(minutes=minute)
    return Attempt(
        attempt_id=UUID(int=last_bits),
        number=number,
        step=step,
        channel=channel,
        status=status,
        claimed_at=at,
        answered_at=None if status == "claimed" else at,
    )


def follows(
    *attempts: Attempt, urgency_waits: UrgencyWaits = U2, ends: float | None = None
) -> NextTry | None:
    return next_try(
        attempts, urgency_waits, step_ends_at=None if ends is None else T0 + timedelta(minutes=ends)
    )


def test_an_accepted_message_has_the_step_to_be_reported_on_and_the_last_one_until_the_deadline() -> None:
    assert follows(attempt(1, "accepted")) == NextTry(action="next_step", at=T0 + timedelta(minutes=10))
    last = follows(attempt(1, "accepted"), ends=30)
    assert last == NextTry(action="next_step", at=T0 + timedelta(minutes=30))


@pytest.mark.parametrize(("refusals", "minutes"), [(1, 1), (2, 5)])
def test_a_refused_message_is_tried_again_within_the_step(refusals: int, minutes: int) -> None:
    tried = [attempt(number, "rejected_temporarily") for number in range(1, refusals + 1)]
    following = follows(*tried)
    assert following is not None
    assert following.action == "again"
    waited = (following.at - T0) / timedelta(minutes=minutes)
    assert 0.9 <= waited <= 1.1


def test_a_retry_that_would_come_after_the_step_is_the_next_step_at_once() -> None:
    tried = [attempt(number, "rejected_temporarily", minute=minute) for number, minute in ((1, 0), (2, 1))]
    third = attempt(3, "rejected_temporarily", minute=6)
    assert follows(*tried, third) == NextTry(action="next_step", at=third.claimed_at)
    assert follows(*tried, third, ends=30) == NextTry(
        action="again", at=third.claimed_at + U2.retry(3, third.attempt_id)
    )


@given(st.uuids())
def test_the_spread_of_retries_is_a_tenth_and_the_same_for_the_same_attempt(attempt_id: UUID) -> None:
    wait = U2.retry(1, attempt_id)
    assert timedelta(seconds=54) <= wait <= timedelta(seconds=66)
    assert wait == U2.retry(1, attempt_id)


def test_an_unknown_outcome_is_repeated_once() -> None:
    first = attempt(1, "unknown")
    assert follows(first) == NextTry(action="again", at=T0 + timedelta(minutes=3))
    assert follows(first, urgency_waits=U3) == NextTry(action="again", at=T0 + timedelta(minutes=1))
    second = attempt(2, "unknown", minute=3)
    assert follows(first, second) == NextTry(action="next_step", at=T0 + timedelta(minutes=6))


@pytest.mark.parametrize("last", ["rejected_temporarily", "unknown", "accepted"])
def test_nothing_is_sent_again_once_a_report_says_that_an_earlier_try_was_taken(last: AttemptStatus) -> None:
    first, second = attempt(1, "accepted"), attempt(2, last, minute=3)
    began = second if last == "accepted" else first
    assert follows(first, second) == NextTry(action="next_step", at=began.claimed_at + U2.step)
    assert follows(first, second, ends=30) == NextTry(action="next_step", at=T0 + timedelta(minutes=30))


@pytest.mark.parametrize("status", ["rejected_permanently", "undelivered", "no_receipt"])
def test_a_channel_that_failed_for_good_gives_way_at_once(status: AttemptStatus) -> None:
    assert follows(attempt(1, status)) == NextTry(action="next_step", at=T0)


def test_nothing_follows_while_an_attempt_is_in_flight() -> None:
    assert follows(attempt(1, "claimed")) is None


def test_channels_are_tried_in_order_and_each_is_one_step() -> None:
    assert next_channel([], ("email", "sms"), again=False) == ("email", 1)
    tried = [attempt(1, "undelivered", channel="email")]
    assert next_channel(tried, ("email", "sms"), again=False) == ("sms", 2)
    assert next_channel(tried, ("email", "sms"), again=True) == ("email", 1)
    assert next_channel(tried, ("sms",), again=True) == ("sms", 2)
    assert next_channel(tried, ("email",), again=False) is None


def test_compressed_waits_never_fall_below_what_is_safe() -> None:
    fast = Waits().compressed(0.001)
    assert fast.lease_seconds == Waits().lease_seconds > fast.call_seconds == Waits().call_seconds
    assert min(fast.retry_seconds) >= 0.2
    assert UrgencyWaits(waits=fast, urgency="U2").step == timedelta(seconds=5)
    assert Waits().compressed(1) == Waits()
    with pytest.raises(ValueError, match="factor"):
        Waits().compressed(0)


STATES: tuple[ReportState, ...] = ("delivered", "undelivered", "sent", "buffered", "rejected")


@given(st.lists(st.sampled_from(STATES)), st.randoms())
def test_reports_mean_the_same_in_any_order(states: list[ReportState], random: object) -> None:
    shuffled = sorted(states, reverse=True)
    assert status_after_reports("accepted", states) == status_after_reports("accepted", shuffled)


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_what_was_delivered_stays_delivered(states: list[ReportState]) -> None:
    assert status_after_reports("delivered", states) == "delivered"
    assert status_after_reports("undelivered", ["delivered", *states]) == "delivered"


def test_a_report_that_it_was_sent_settles_only_what_was_unknown() -> None:
    assert status_after_reports("unknown", ["sent"]) == "accepted"
    assert status_after_reports("claimed", ["buffered"]) == "accepted"
    assert status_after_reports("no_receipt", ["sent"]) == "no_receipt"
    assert status_after_reports("accepted", []) == "accepted"
    assert status_after_reports("accepted", ["rejected"]) == "undelivered"


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-03-02T21:29", None),
        ("2026-03-02T21:30", "2026-03-03T07:30"),
        ("2026-03-03T00:10", "2026-03-03T07:30"),
        ("2026-03-03T07:29", "2026-03-03T07:30"),
        ("2026-03-03T07:30", None),
        ("2026-03-28T23:00", "2026-03-29T07:30"),  # the night in which clocks go forward
        ("2026-10-24T23:00", "2026-10-25T07:30"),  # and back
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Cayenne"])
def test_carers_are_left_in_peace_by_the_clock_of_where_they_live(
    local: str, until: str | None, zone: str
) -> None:
    where = ZoneInfo(zone)
    now = datetime.fromisoformat(local).replace(tzinfo=where).astimezone(UTC)
    held = delayed_until(now, zone=where, urgency="U2", role="carer", night=False)
    expected = None if until is None else datetime.fromisoformat(until).replace(tzinfo=where)
    assert held == expected


def test_who_opted_in_is_woken_for_urgent_news_only_and_desks_never_sleep() -> None:
    midnight = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    assert delayed_until(midnight, zone=PARIS, urgency="U2", role="carer", night=True) is None
    assert delayed_until(midnight, zone=PARIS, urgency="U1", role="carer", night=True) is not None
    assert delayed_until(midnight, zone=PARIS, urgency="U3", role="carer", night=False) is not None
    assert delayed_until(midnight, zone=PARIS, urgency="U1", role="professional", night=False) is None
