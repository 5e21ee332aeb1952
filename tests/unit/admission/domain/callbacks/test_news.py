"""What a source is told: whatever is new, once, in whichever order the services come."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.callbacks.news import (
    FOLLOWED_FOR,
    is_settled,
    news_of,
    next_look,
    told_after,
)
from services.admission.domain.receipt import ServiceOutcome
from shared.testing.records import NOW

OUTCOMES = st.builds(
    ServiceOutcome,
    state=st.sampled_from(["applied", "pending", "parked", "dismissed", "unreachable"]),
    obligations=st.dictionaries(st.sampled_from(["informed", "pending", "expired"]), st.integers(1, 3)),
)
LOOKS = st.lists(st.dictionaries(st.sampled_from(["pathway", "notifications"]), OUTCOMES), max_size=8)


@given(looks=LOOKS)
def test_nothing_is_told_twice(looks: list[dict[str, ServiceOutcome]]) -> None:
    told: dict[str, ServiceOutcome] = {}
    for found in looks:
        told = told_after(told, found)
        assert news_of(told, found) == []


@given(looks=LOOKS)
def test_what_is_told_last_is_what_the_services_said_last(looks: list[dict[str, ServiceOutcome]]) -> None:
    told: dict[str, ServiceOutcome] = {}
    heard: dict[str | None, str] = {}
    for found in looks:
        heard.update(
            {each.service: each.type for each in news_of(told, found) if each.type != "movement.told"}
        )
        told = told_after(told, found)
    assert {service: kind.removeprefix("movement.") for service, kind in heard.items()} == {
        service: outcome.state for service, outcome in told.items()
    }


def test_a_service_is_asked_until_it_has_nothing_more_to_say() -> None:
    said = {
        "new": ServiceOutcome(state="pending"),
        "parked": ServiceOutcome(state="parked"),
        "open": ServiceOutcome(state="applied", obligations={"informed": 1, "pending": 1}),
        "done": ServiceOutcome(state="applied", obligations={"informed": 2}),
        "dismissed": ServiceOutcome(state="dismissed"),
    }
    told = told_after({}, said)
    assert [service for service in (*said, "unknown") if is_settled(told, service)] == ["done", "dismissed"]


def test_the_longer_nothing_ends_the_later_it_is_looked_at() -> None:
    looks, at = 0, NOW
    while (following := next_look(NOW, at)) is not None:
        assert following > at
        looks, at = looks + 1, following
    assert at - NOW >= FOLLOWED_FOR
    assert looks < 200
    assert next_look(NOW, NOW) == NOW + timedelta(seconds=4)
