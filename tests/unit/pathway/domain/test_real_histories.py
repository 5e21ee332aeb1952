"""The fold gives plausible pathways for the 129 stays of the MIMIC-III demo (real, de-identified)."""

import csv
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Pathway
from services.pathway.domain.rules import RULES
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory

FOLDER: Final = Path(__file__).parents[5] / "shared" / "data" / "tables" / "mimic-iii-demo-1.4"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="NOT RUN: the real stays of ../shared/data/tables/mimic-iii-demo-1.4 are absent",
)

_NEXT: Final = {
    "SNF": NURSING_HOME,
    "ICF": NURSING_HOME,
    "LONG TERM CARE HOSPITAL": NURSING_HOME,
    "REHAB/DISTINCT PART HOSP": REHABILITATION,
}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [{key.lower(): value for key, value in row.items()} for row in csv.DictReader(file)]


def _histories() -> list[PersonHistory]:
    left_for = {row["hadm_id"]: row["discharge_location"] for row in _rows("ADMISSIONS.csv")}
    persons: dict[str, PersonHistory] = {}
    for row in sorted(_rows("TRANSFERS.csv"), key=lambda row: row["intime"]):
        person = persons.setdefault(row["subject_id"], PersonHistory(row["subject_id"]))
        stay, at = row["hadm_id"], datetime.fromisoformat(row["intime"]).replace(tzinfo=UTC)
        match row["eventtype"]:
            case "admit":
                person.admit(stay, at=at, establishment=HOSPITAL, unit=row["curr_wardid"])
            case "transfer":
                person.transfer(stay, at=at, establishment=HOSPITAL, unit=row["curr_wardid"])
            case _:
                person.discharge(stay, at=at, establishment=HOSPITAL, to=_NEXT.get(left_for[stay]))
    return list(persons.values())


@pytest.fixture(scope="module")
def pathways() -> dict[str, Pathway]:
    shuffled = random.Random(1)  # noqa: S311
    folded = {}
    for history in _histories():
        shuffled.shuffle(history.events)
        folded[history.name] = fold(history.events, RULES)
    return folded


def test_every_stay_closes(pathways: dict[str, Pathway]) -> None:
    stays = [stay for pathway in pathways.values() for stay in pathway.stays]
    assert len(pathways) == 100
    assert len(stays) == 129
    assert {stay.status for stay in stays} == {"finished"}
    assert all(stay.ended_at is not None and stay.started_at < stay.ended_at for stay in stays)


def test_no_fact_contradicts_another(pathways: dict[str, Pathway]) -> None:
    movements = [movement for pathway in pathways.values() for movement in pathway.movements]
    assert len(movements) == 524
    assert [movement for movement in movements if movement.marks] == []


def test_a_person_who_left_for_another_establishment_is_expected_there(pathways: dict[str, Pathway]) -> None:
    to: Counter[str] = Counter()
    for pathway in pathways.values():
        for expectation in pathway.expectations:
            to[expectation.to_establishment] += 1
    assert to == {NURSING_HOME: 44, REHABILITATION: 13}
