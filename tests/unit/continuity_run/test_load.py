"""A seed determines the load, which is as the specification demands."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.submission import content_sha256
from tests.continuity.load.offers import Offer
from tests.continuity.load.plan import Load, load_of

BASE = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def load() -> Load:
    """A load of medium size."""
    return load_of(3, n=3000, run="3", base=BASE)


def _all(load: Load) -> list[Offer]:
    return [*load.first, *load.then]


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


def test_nothing_happens_in_the_future(load: Load) -> None:
    moments = [datetime.fromisoformat(str(offer.body["occurred_at"])) for offer in _all(load)]
    assert max(moments) <= BASE


def test_it_has_every_trouble_in_it(load: Load) -> None:
    offers = _all(load)
    twists = Counter(offer.repetition for offer in offers)
    assert all(twists[repetition] > 2 for repetition in ("again", "at_once", "other_content"))
    actions = Counter(str(offer.body["action"]) for offer in offers)
    assert all(actions[action] > 2 for action in ("insert", "update", "cancel"))
    hot = sum(offer.person == "HOT" for offer in offers)
    assert hot == 30
    leaving = [offer for offer in offers if "establishment" in offer.body.get("destination", {})]
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
