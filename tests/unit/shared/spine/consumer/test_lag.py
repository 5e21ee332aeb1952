"""The lag is the age of the oldest event that should have been applied."""

from datetime import UTC, datetime, timedelta

from aiokafka import TopicPartition

from shared.spine.consumer.progress import Lag

TOPIC = "relais.admission"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Hands:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_nothing_waiting_is_no_age() -> None:
    assert Lag([TOPIC], Hands()).age_seconds(TOPIC) == 0


def test_the_age_is_that_of_the_oldest_and_grows_while_it_waits() -> None:
    hands = Hands()
    lag = Lag([TOPIC], hands)
    lag.record_waits(TopicPartition(TOPIC, 0), NOON - timedelta(seconds=30))
    lag.record_waits(TopicPartition(TOPIC, 1), NOON - timedelta(seconds=10))
    assert lag.age_seconds(TOPIC) == 30
    hands.now += timedelta(seconds=5)
    assert lag.age_seconds(TOPIC) == 35
    lag.caught_up(TopicPartition(TOPIC, 0))
    assert lag.age_seconds(TOPIC) == 15


def test_what_was_never_read_waits_from_when_it_was_noticed() -> None:
    hands = Hands()
    lag = Lag([TOPIC], hands)
    lag.is_behind(TopicPartition(TOPIC, 0))
    hands.now += timedelta(seconds=20)
    lag.is_behind(TopicPartition(TOPIC, 0))
    assert lag.age_seconds(TOPIC) == 20


def test_a_broker_whose_clock_is_ahead_makes_no_negative_age() -> None:
    lag = Lag([TOPIC], Hands())
    lag.record_waits(TopicPartition(TOPIC, 0), NOON + timedelta(seconds=30))
    assert lag.age_seconds(TOPIC) == 0


def test_what_is_now_anothers_to_apply_has_no_age_here() -> None:
    lag = Lag([TOPIC], Hands())
    lag.record_waits(TopicPartition(TOPIC, 0), NOON - timedelta(seconds=30))
    lag.record_waits(TopicPartition(TOPIC, 1), NOON - timedelta(seconds=10))
    lag.keep_only([TopicPartition(TOPIC, 1)])
    assert lag.age_seconds(TOPIC) == 10
