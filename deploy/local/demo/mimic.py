"""Turns the stays of the MIMIC-III demo (129 real, de-identified, date-shifted stays) into journeys.

Wards are mapped to two hospitals, so that some moves between wards become transfers between
establishments; where a person went afterwards (rehabilitation, nursing home, home care) decides the next
one. A day of the original takes one hour, less where a journey would not fit into the demo's day. One
arrival in twelve never comes.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from pathlib import Path

from deploy.local.demo import journey
from deploy.local.demo.journey import DAY_HOURS, Establishment, Person, Step

FOLDER = Path("../shared/data/tables/mimic-iii-demo-1.4")
_NEXT = {
    "SNF": journey.NURSING_HOME,
    "ICF": journey.NURSING_HOME,
    "LONG TERM CARE HOSPITAL": journey.NURSING_HOME,
    "REHAB/DISTINCT PART HOSP": journey.REHABILITATION,
    "HOME HEALTH CARE": journey.HOME_CARE,
    "HOME WITH HOME IV PROVIDR": journey.HOME_CARE,
    "HOSPICE-HOME": journey.HOME_CARE,
}
_LOST_ARRIVAL_EVERY = 12


def _rows(name: str, folder: Path) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [{key.lower(): value for key, value in row.items()} for row in csv.DictReader(file)]


@dataclass(frozen=True)
class _Clock:
    """Turns the date-shifted hours of one stay into hours of the demo's day."""

    start: datetime
    offset_hours: float

    def hours(self, text: str) -> float:
        elapsed = datetime.fromisoformat(text) - self.start
        return self.offset_hours + elapsed.total_seconds() / 86_400


def people(folder: Path = FOLDER) -> list[Person]:
    """Every person of the tables with the steps of all their stays, in order of time."""
    transfers: dict[str, list[dict[str, str]]] = {}
    for row in sorted(_rows("TRANSFERS.csv", folder), key=lambda row: row["intime"]):
        transfers.setdefault(row["hadm_id"], []).append(row)
    gender = {row["subject_id"]: row["gender"] for row in _rows("PATIENTS.csv", folder)}
    stays: dict[str, list[dict[str, str]]] = {}
    for row in sorted(_rows("ADMISSIONS.csv", folder), key=lambda row: row["admittime"]):
        stays.setdefault(row["subject_id"], []).append(row)
    return [
        Person(
            number=int(subject),
            sex="female" if gender.get(subject) == "F" else "male",
            birth_date=f"19{20 + int(subject) % 30}-0{1 + int(subject) % 9}-15",
            steps=_within_a_day(_journey(rows, transfers)),
        )
        for subject, rows in stays.items()
    ]


def _journey(stays: list[dict[str, str]], transfers: dict[str, list[dict[str, str]]]) -> list[Step]:
    steps: list[Step] = []
    for stay in stays:
        offset_hours = steps[-1].hours + 0.5 if steps else int(stay["hadm_id"]) % 50 / 10
        steps.extend(_steps(stay, transfers.get(stay["hadm_id"], []), offset_hours=offset_hours))
    return steps


def _within_a_day(steps: list[Step]) -> tuple[Step, ...]:
    # A ward that was left within minutes: the next step waits until the arrival there.
    hours = list(accumulate((step.hours for step in steps), lambda last, at: max(at, last + 0.01)))
    scale = min(1.0, DAY_HOURS / hours[-1])
    return tuple(replace(step, hours=at * scale) for step, at in zip(steps, hours, strict=True))


def _hospital_of(ward: str) -> Establishment:
    return journey.CLINIC if ward.isdigit() and int(ward) % 5 == 0 else journey.HOSPITAL


def _steps(stay: dict[str, str], moves: list[dict[str, str]], *, offset_hours: float) -> Iterator[Step]:
    number = int(stay["hadm_id"])
    clock = _Clock(datetime.fromisoformat(stay["admittime"]), offset_hours)
    here, stay_number = journey.HOSPITAL, f"{number}-1"
    yield Step(clock.hours(stay["admittime"]), "admission", here, stay_number, mode="home")
    for index, move in enumerate((move for move in moves if move["eventtype"] == "transfer"), start=2):
        there, at = _hospital_of(move["curr_wardid"]), clock.hours(move["intime"])
        unit = move["curr_careunit"] or f"W{move['curr_wardid']}"
        if there == here:
            yield Step(at, "transfer", here, stay_number, unit=unit)
            continue
        yield Step(at, "transfer", here, stay_number, destination=there, mode="transfer")
        stay_number = f"{number}-{index}"
        yield Step(at + 0.2, "admission", there, stay_number, unit=unit, origin=here, mode="transfer")
        here = there
    yield from _departure(stay, clock.hours(stay["dischtime"]) + 0.3, here, stay_number)


def _departure(stay: dict[str, str], at: float, here: Establishment, stay_number: str) -> Iterator[Step]:
    number = int(stay["hadm_id"])
    after = _NEXT.get(stay["discharge_location"])
    if stay["hospital_expire_flag"] == "1":
        yield Step(at, "discharge", here, stay_number, mode="death")
    elif after is None:
        yield Step(at, "discharge", here, stay_number, mode="home")
    else:
        yield Step(at, "discharge", here, stay_number, destination=after, mode="transfer")
        if number % _LOST_ARRIVAL_EVERY:
            arrival = f"{number}-suite"
            yield Step(at + 0.2, "admission", after, arrival, origin=here, mode="transfer")
