"""A source is told what becomes of its movements: accepted, applied, parked, told; each once, and no more."""

from collections import Counter
from datetime import timedelta

from services.admission.domain.callbacks.news import FOLLOWED_FOR
from tests.integration.admission.callbacks.conftest import Told
from tests.unit.admission.bodies import NAME, identifier, movement

SOON = timedelta(seconds=10)
APPLIED = {"state": "applied"}


async def test_a_movement_is_told_until_nothing_more_is_expected(told: Told) -> None:
    secret = await told.register()
    receipt = await told.state("his-1")
    await told.turn()
    told.outcomes["pathway"] = {"state": "parked", "problem": "unreadable"}
    await told.turn(later=SOON)
    told.outcomes = {
        "pathway": APPLIED | {"marks": ["unknown_stay"]},
        "notifications": APPLIED | {"obligations": {"informed": 1, "pending": 2}},
    }
    await told.turn(later=2 * SOON)
    told.outcomes["notifications"] = APPLIED | {"obligations": {"informed": 2, "expired": 1}}
    await told.turn(later=4 * SOON)
    await told.turn(later=timedelta(days=1))
    callbacks = told.endpoint.verified(secret)
    # Those of one turn are on their way at once, and may overtake each other.
    assert Counter((each.type, each.service, each.problem) for each in callbacks) == {
        ("movement.accepted", None, None): 1,
        ("movement.parked", "pathway", "unreadable"): 1,
        ("movement.applied", "pathway", None): 1,
        ("movement.applied", "notifications", None): 1,
        ("movement.told", "notifications", None): 2,
    }
    assert [(each.settled, each.owed) for each in callbacks if each.owed] == [(1, 3), (3, 3)]
    assert [each.data["marks"] for each in callbacks if each.data.get("marks")] == [["unknown_stay"]]
    assert {each.receipt_id for each in callbacks} == {receipt["receipt_id"]}
    assert len(set(told.endpoint.ids)) == len(callbacks)
    assert await told.admission.rows("SELECT FROM followed_movements") == []


async def test_a_callback_names_the_movement_as_its_sender_does_and_nobody(told: Told) -> None:
    secret = await told.register()
    stated = movement(identifier("0123456789"), source_event_id="his-1", movement_id="m-1")
    receipt = (await told.admission.post(told.source, stated)).json()
    await told.turn()
    [callback] = told.endpoint.verified(secret)
    assert (callback.source_event_id, callback.data["source_movement_id"]) == ("his-1", "m-1")
    assert callback.data.keys() == {
        "receipt_id", "event_id", "movement_id", "source_event_id", "source_movement_id",
    } | {"marks"} & callback.data.keys()  # fmt: skip
    for secret_of_theirs in (NAME, "0123456789", receipt["person_id"]):
        assert secret_of_theirs.encode() not in told.endpoint.raw[0]


async def test_a_service_that_is_away_is_asked_again_and_one_that_is_done_is_not(told: Told) -> None:
    await told.register()
    await told.state()
    told.outcomes = {"pathway": APPLIED}
    await told.turn()
    assert told.asked == []
    await told.turn(later=SOON)
    await told.turn(later=2 * SOON)
    assert told.asked == [
        ("pathway", "Bearer peer"),
        ("notifications", "Bearer peer"),
        ("notifications", "Bearer peer"),
    ]
    assert told.endpoint.types == ["movement.accepted", "movement.applied"]


async def test_what_no_service_ever_applies_is_followed_for_a_week(told: Told) -> None:
    await told.register()
    await told.state()
    await told.turn()
    await told.turn(later=FOLLOWED_FOR)
    assert await told.admission.rows("SELECT FROM followed_movements") == []


async def test_a_source_without_a_callback_is_followed_by_nobody(told: Told) -> None:
    await told.register()
    neighbour = await told.admission.source()
    await told.admission.post(neighbour, movement())
    assert await told.admission.rows("SELECT FROM followed_movements") == []


async def test_a_movement_that_is_sent_again_is_told_once(told: Told) -> None:
    await told.register()
    stated = movement(source_event_id="his-1")
    for _ in range(2):
        await told.admission.post(told.source, stated)
    await told.turn()
    assert told.endpoint.types == ["movement.accepted"]
