"""A callback is tried until its endpoint takes it, or for three days; an endpoint that fails is spared."""

from datetime import timedelta

import pytest

from services.admission.domain.callbacks.tries import SUSPENDED_AFTER
from services.admission.handlers.callbacks.deliver import TURN
from tests.integration.admission.callbacks.conftest import Told
from tests.integration.admission.callbacks.endpoint import listening

HOUR = timedelta(hours=1)


async def pinged(told: Told) -> None:
    await told.register()
    await told.call("POST", "/ping")


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
async def test_what_is_not_taken_is_sent_again_under_the_same_id(told: Told, status: int) -> None:
    await pinged(told)
    told.endpoint.answers = [status]
    await told.turn()
    [waiting] = await told.deliveries()
    assert (waiting["state"], waiting["attempts"], waiting["answer"]) == ("waiting", 1, str(status))
    await told.turn()
    assert len(told.endpoint.ids) == 1
    await told.turn(later=HOUR)
    [taken] = await told.deliveries()
    assert (taken["state"], taken["attempts"], taken["answer"]) == ("delivered", 2, "204")
    assert told.endpoint.ids == [taken["delivery_id"]] * 2
    assert told.endpoint.raw[0] == told.endpoint.raw[1]


async def test_an_endpoint_that_is_away_is_told_when_it_is_back(told: Told) -> None:
    await pinged(told)
    url = told.endpoint.url
    async with listening() as gone:
        pass
    await told.call("PUT", body={"url": gone.url})
    await told.turn()
    [waiting] = await told.deliveries()
    assert (waiting["state"], waiting["answer"]) == ("waiting", "ConnectError")
    assert (await told.call("GET")).json()["failing_since"] is not None
    await told.call("PUT", body={"url": url})
    await told.turn(later=HOUR)
    assert told.endpoint.types == ["ping"]
    assert (await told.call("GET")).json()["failing_since"] is None


async def test_an_endpoint_that_fails_is_asked_a_few_at_a_time(told: Told) -> None:
    await told.register()
    for number in range(20):
        await told.state(f"his-{number}")
    told.endpoint.answers = [500] * 100
    await told.turn()
    assert len(told.endpoint.ids) == 8


async def test_a_slow_endpoint_lets_others_go_first(told: Told) -> None:
    await told.register()
    for number in range(20):
        await told.state(f"his-{number}")

    async def slowly() -> None:
        told.later += TURN

    told.endpoint.meanwhile = slowly
    await told.turn()
    assert len(told.endpoint.ids) == 8
    await told.turn()
    assert len(told.endpoint.ids) == 16


async def test_an_endpoint_that_is_gone_is_suspended_at_once(told: Told) -> None:
    await pinged(told)
    told.endpoint.answers = [410]
    await told.turn()
    await told.turn(later=HOUR)
    shown = (await told.call("GET")).json()
    assert (shown["state"], shown["why"], shown["waiting"]) == ("suspended", "gone", 1)
    assert len(told.endpoint.ids) == 1
    await told.call("POST", "/resume")
    await told.turn(later=HOUR)
    assert [each["state"] for each in await told.deliveries()] == ["delivered"]


async def test_a_callback_that_only_fails_is_given_up_while_others_are_taken(told: Told) -> None:
    await pinged(told)
    await told.admission.rows("UPDATE callback_deliveries SET attempts = 9")
    told.endpoint.answers = [500]
    await told.turn()
    [given_up] = await told.deliveries()
    assert (given_up["state"], given_up["attempts"], given_up["due_at"]) == ("given_up", 10, None)
    shown = (await told.call("GET")).json()
    assert (shown["state"], shown["given_up"]) == ("active", 1)


async def test_an_endpoint_that_fails_for_three_days_is_suspended_and_what_waits_goes_on(told: Told) -> None:
    await pinged(told)
    told.endpoint.answers = [500] * 3
    await told.turn()
    await told.turn(later=SUSPENDED_AFTER)
    shown = (await told.call("GET")).json()
    assert (shown["state"], shown["why"], shown["waiting"]) == ("suspended", "failing", 1)
    await told.call("POST", "/resume")
    await told.turn(later=SUSPENDED_AFTER)
    [waiting] = await told.deliveries()
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1), "one more failure costs nothing"
    await told.call("POST", "/pause")
    await told.call("POST", "/resume")
    await told.turn()
    assert [each["state"] for each in await told.deliveries()] == ["delivered"]


async def test_what_a_former_endpoint_answers_late_is_no_fault_of_the_new_one(told: Told) -> None:
    await pinged(told)
    told.endpoint.answers = [410]
    told.endpoint.meanwhile = lambda: told.call("PUT", body={"url": told.endpoint.url + "/new"})
    await told.turn()
    shown = (await told.call("GET")).json()
    assert (shown["state"], shown["failing_since"]) == ("active", None)


async def test_an_address_that_leads_elsewhere_by_now_is_not_called(told: Told) -> None:
    await pinged(told)
    await told.admission.rows("UPDATE callbacks SET url = 'https://10.0.0.1/'")
    await told.turn()
    [waiting] = await told.deliveries()
    assert (waiting["state"], waiting["answer"]) == (
        "waiting",
        "the host has no address, or one that is not public",
    )


async def test_the_list_goes_page_by_page_and_by_state(told: Told) -> None:
    await told.register()
    for _ in range(3):
        await told.call("POST", "/ping")
    first = (await told.call("GET", "/deliveries?limit=2")).json()
    second = (await told.call("GET", f"/deliveries?limit=2&continuation={first['continuation']}")).json()
    assert [len(page["deliveries"]) for page in (first, second)] == [2, 1]
    assert (await told.call("GET", "/deliveries?state=delivered")).json() == {"deliveries": []}
