"""A seed determines the load, which is as the specification demands."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.submission import content_sha256
from tests.continuity.load.offers import ELSEWHERE, LOCAL_AUTHORITY, TWICE, Offer
from tests.continuity.load.plan import Load, load_of

BASE = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def load() -> Load:
    """A load of medium size."""
    return load_of(3, n=3000, run="3", base=BASE)


def _all(load: Load) -> list[Offer]:
    return [*load.first, *load.then, *(offer for script in load.scripts for offer in script.offers)]


def test_the_same_seed_gives_the_same_load(load: Load) -> None:
    assert load == load_of(3, n=3000, run="3", base=BASE)
    assert load != load_of(4, n=3000, run="3", base=BASE)


def test_it_is_as_large_as_asked_and_no_number_is_used_twice(load: Load) -> None:
    offers = _all(load)
    assert 3000 <= len(offers) < 3010
    assert len({offer.id for offer in offers}) == len(offers)


def test_intake_understands_every_movement(load: Load) -> None:
    for offer in _all(load):
        parse_movement(offer.canonical())
        assert content_sha256(offer.canonical()).hex() == offer.digest()


def test_nothing_happens_in_the_future_but_departures_that_are_planned(load: Load) -> None:
    moments = [(datetime.fromisoformat(str(offer.body["occurred_at"])), offer) for offer in _all(load)]
    planned = [offer for moment, offer in moments if moment > BASE]

    assert len(planned) > 10
    assert {offer.body["kind"] for offer in planned} == {"discharge"}
    assert max(datetime.fromisoformat(str(offer.body["emitted_at"])) for offer in planned) < BASE
    assert not {offer.person for offer in planned} & {offer.person for offer in load.first}


def test_it_has_every_trouble_in_it(load: Load) -> None:
    offers = _all(load)
    twists = Counter(offer.repetition for offer in offers)
    assert all(twists[repetition] > 2 for repetition in ("again", "at_once", "other_content"))
    actions = Counter(str(offer.body["action"]) for offer in offers)
    assert all(actions[action] > 2 for action in ("insert", "update", "cancel"))
    hot = sum(offer.person == "HOT" for offer in offers)
    assert hot == 30
    leaving = [offer for offer in offers if "establishment" in (offer.body.get("destination") or {})]
    arriving = [offer for offer in offers if "establishment" in offer.body.get("origin", {})]
    assert 0 < len(arriving) < len(leaving)


def test_many_movements_come_out_of_order(load: Load) -> None:
    latest: dict[str, datetime] = {}
    late = 0
    for offer in load.then:
        at = datetime.fromisoformat(str(offer.body["occurred_at"]))
        late += at < latest.get(offer.person, at)
        latest[offer.person] = max(at, latest.get(offer.person, at))
    assert late > len(load.then) * 0.1


def test_other_content_under_the_same_number_has_another_digest(load: Load) -> None:
    offer = load.then[0]
    assert offer.contradicted().id == offer.id
    assert offer.contradicted().digest() != offer.digest()


def test_what_is_stated_in_a_journal_leaves_the_person_out(load: Load) -> None:
    assert "person" not in load.then[0].stated()


def test_a_correction_is_stated_after_what_it_corrects(load: Load) -> None:
    stated: dict[str, list[str]] = {}
    for offer in sorted(_all(load), key=lambda offer: offer.id):
        stated.setdefault(str(offer.body["movement_id"]), []).append(str(offer.body["emitted_at"]))
    corrected = [moments for moments in stated.values() if len(moments) > 1]

    assert corrected
    assert all(moments == sorted(moments) for moments in corrected)


def test_some_movements_are_stated_of_the_wrong_person_first(load: Load) -> None:
    stated: dict[str, list[tuple[str, str]]] = {}
    for offer in _all(load):
        emitted = (str(offer.body["emitted_at"]), offer.person)
        stated.setdefault(str(offer.body["movement_id"]), []).append(emitted)
    named = [[person for _, person in sorted(versions)] for versions in stated.values()]
    moved = [persons for persons in named if len(set(persons)) > 1]

    assert len(moved) > 20
    assert {len(persons) for persons in moved} == {2, 3}
    assert all(persons[0] == persons[2] for persons in moved if len(persons) == 3)


def test_some_are_mistaken_for_persons_who_have_a_carer(load: Load) -> None:
    with_carer = {offer.person for offer in load.first}
    stated: dict[str, list[tuple[str, str]]] = {}
    for offer in _all(load):
        emitted = (str(offer.body["emitted_at"]), offer.person)
        stated.setdefault(str(offer.body["movement_id"]), []).append(emitted)
    wrong = {person for each in stated.values() for _, person in each if person != max(each)[1]}

    assert wrong & with_carer
    assert wrong - with_carer
    assert any(offer.person.removesuffix(ELSEWHERE) in with_carer for offer in load.then if offer.also)


def test_some_cancelled_movements_take_place_after_all(load: Load) -> None:
    stated: dict[str, list[tuple[str, str]]] = {}
    for offer in _all(load):
        said = (str(offer.body["emitted_at"]), str(offer.body["action"]))
        stated.setdefault(str(offer.body["movement_id"]), []).append(said)
    actions = [[action for _, action in sorted(versions)] for versions in stated.values()]

    assert ["insert", "cancel", "insert"] in actions
    assert ["insert", "cancel"] in actions


def test_two_establishments_give_two_persons_one_number_and_none_gives_it_twice(load: Load) -> None:
    of_number: dict[str, set[tuple[str, str]]] = {}
    for offer in (*load.first, *load.then):
        for identifier in offer.body["person"]["identifiers"]:
            if identifier["authority"] == LOCAL_AUTHORITY:
                of_number.setdefault(identifier["value"], set()).add((offer.establishment, offer.person))
    shared = [holders for holders in of_number.values() if len({person for _, person in holders}) > 1]

    assert len(shared) > 100
    assert all(len({place for place, _ in holders}) == len(holders) for holders in of_number.values())


def test_whom_one_establishment_alone_knows_is_nowhere_else(load: Load) -> None:
    places: dict[str, set[str]] = {}
    for offer in _all(load):
        if len(offer.body["person"]["identifiers"]) == 1:
            places.setdefault(offer.person, set()).add(offer.establishment)

    assert len(places) > 20
    assert all(len(each) == 1 for each in places.values())


def test_a_correction_repeats_leaves_or_deletes_the_details(load: Load) -> None:
    updates = [
        offer.body
        for offer in _all(load)
        if (offer.body["action"], offer.body["kind"]) == ("update", "discharge")
    ]
    assert any(body.get("destination") for body in updates)
    assert sum("destination" not in body for body in updates) > 3
    assert any(body.get("destination", "") is None for body in updates)


def test_some_arrivals_are_of_persons_who_are_not_recognised(load: Load) -> None:
    arrivals = [offer for offer in _all(load) if offer.person.endswith(ELSEWHERE)]
    learnt = {offer.also for offer in arrivals if offer.also}
    doubtful = {offer.person for offer in arrivals if "identity_status" in offer.body["person"]}

    assert len(learnt) > 5
    assert len(doubtful) > 5
    assert all(offer.person.removesuffix(ELSEWHERE) == offer.also for offer in arrivals if offer.also)


def test_some_persons_have_two_numbers_that_are_said_to_be_one_persons(load: Load) -> None:
    twice = {offer.person for offer in _all(load) if offer.person.endswith(TWICE)}
    stated: dict[str, list[bool]] = {}
    for pair in sorted(load.pairs, key=lambda pair: str(pair.body["emitted_at"])):
        stated.setdefault(pair.person + TWICE, []).append(pair.are_one)

    assert twice == set(stated)
    assert [True] in stated.values()
    assert [True, False] in stated.values()
    assert {pair.body["merged"]["value"] for pair in load.pairs}.isdisjoint(
        pair.body["surviving"]["value"] for pair in load.pairs
    )
