"""A simulated hospital's whole stream, with its merges, gives the timelines that the simulator itself kept.

The stream is no part of the repository: without it, the test is skipped.
"""

import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Pathway
from services.pathway.domain.rules import RULES
from shared.testing.person_history import id_of
from tests.unit.shared.stays.simulated_hospital import FOLDER, Hospital, Said, all_said

pytestmark = pytest.mark.skipif(not (FOLDER / "dev.jsonl").exists(), reason="the stream is not here")

Truth = Mapping[str, Any]


def _in_order(said: list[Said]) -> list[Said]:
    return said


def _shuffled(said: list[Said]) -> list[Said]:
    return random.Random(20240304).sample(said, len(said))  # noqa: S311 - any order will do


def _twice(said: list[Said]) -> list[Said]:
    return [each for one in said for each in (one, one)]


def _twice_and_shuffled(said: list[Said]) -> list[Said]:
    return _shuffled(_twice(said))


@pytest.fixture(scope="module", params=[_in_order, _shuffled, _twice, _twice_and_shuffled])
def hospital(request: pytest.FixtureRequest) -> Hospital:
    order: Callable[[list[Said]], list[Said]] = request.param
    return Hospital(order(all_said()))


@pytest.fixture(scope="module")
def pathways(hospital: Hospital) -> dict[str, Pathway]:
    return {number: fold(history.events, RULES) for number, history in hospital.persons.items()}


@pytest.fixture(scope="module")
def truths() -> dict[str, Truth]:
    lines = (FOLDER / "dev.truth.jsonl").read_text().splitlines()
    return {truth["mrn"]: truth for truth in map(json.loads, lines)}


def test_nobody_is_present_for_ever(pathways: dict[str, Pathway]) -> None:
    assert len(pathways) > 100
    statuses = {stay.status for pathway in pathways.values() for stay in pathway.stays}
    assert statuses == {"finished", "cancelled"}


def test_who_is_merged_has_the_visits_of_both_numbers_and_the_former_number_none(
    hospital: Hospital, pathways: dict[str, Pathway], truths: dict[str, Truth]
) -> None:
    assert len(hospital.merged) == 10
    for number, into in hospital.merged.items():
        assert pathways.get(number) is None or not pathways[number].stays
        visits = [truths[number]["visit_id"], *truths[into]["past_visits"]]
        emergency, *others = pathways[into].stays
        assert [emergency.stay_id, *(stay.stay_id for stay in others)] == [id_of(visit) for visit in visits]
        assert (emergency.marks, emergency.ended_at) == (("ended_by_next_stay",), others[0].started_at)


def test_visits_end_when_the_simulator_ended_them(
    hospital: Hospital, pathways: dict[str, Pathway], truths: dict[str, Truth]
) -> None:
    compared = 0
    for number, truth in truths.items():
        if number in hospital.merged or not truth["past_visits"]:
            continue
        (visit,) = [stay for stay in pathways[number].stays if stay.stay_id == id_of(truth["past_visits"][0])]
        last = truth["encounters"][-1]
        # The simulator keeps a visit that was cancelled as one that goes on.
        expected = ("finished", _moment(last["end"])) if last["end"] else ("cancelled", visit.ended_at)
        assert (visit.status, visit.ended_at) == expected
        compared += 1
    assert compared == len(truths) - len(hospital.merged) - _deleted(truths)


def test_a_visit_that_was_deleted_is_cancelled(
    pathways: dict[str, Pathway], truths: dict[str, Truth]
) -> None:
    deleted = [number for number, truth in truths.items() if truth["past_visits"] == []]
    assert len(deleted) == _deleted(truths)
    for number in deleted:
        assert {stay.status for stay in pathways[number].stays} == {"cancelled"}


def test_timelines_are_those_of_the_simulator(pathways: dict[str, Pathway], truths: dict[str, Truth]) -> None:
    moves = 0
    for number, truth in truths.items():
        lived = [
            (place["location"]["Poc"], _moment(place["start"]))
            for encounter in truth["encounters"]
            for place in encounter["locations"] or ()
        ]
        if lived:
            assert _places(pathways[number]) == lived
            moves += len(lived)
    assert moves > 200


def _places(pathway: Pathway) -> list[tuple[str | None, datetime]]:
    """Where the person was from when on; the simulator lists cancelled moves, too."""
    return [
        (movement.unit, movement.occurred_at)
        for movement in pathway.movements
        if movement.kind != "discharge" and movement.unit is not None
    ]


def _deleted(truths: Mapping[str, Truth]) -> int:
    return sum(truth["past_visits"] == [] for truth in truths.values())


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)
