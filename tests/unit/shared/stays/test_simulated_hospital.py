"""A simulated hospital's whole stream, with its merges: who is present when all of it is over.

The stream is no part of the repository: without it, the test is skipped.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from shared.events.admission import (
    ClassOfStay,
    Movement,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    is_movement,
)
from shared.stays.movements import movement_histories
from shared.stays.stays import Stay, stays_of
from shared.testing.person_history import HOSPITAL, PersonHistory, id_of

_FOLDER: Final = Path(os.environ.get("RELAIS_TEST_STREAM", "../shared/data/hl7v2/simhospital-stream"))
_ZONE: Final = ZoneInfo("Europe/Paris")
_INSERTS: Final[dict[str, type[Movement]]] = {
    "A01": PatientAdmitted,
    "A04": PatientAdmitted,
    "A02": PatientTransferred,
    "A03": PatientDischarged,
}
_CANCELS: Final = {
    "A11": ("A01", "A04"),
    "A12": ("A02",),
    "A13": ("A03",),
    "A23": ("A01", "A04", "A02", "A03"),
}
_CLASSES: Final[dict[str, ClassOfStay]] = {"I": "inpatient", "EMERGENCY": "emergency", "O": "outpatient"}

pytestmark = pytest.mark.skipif(not (_FOLDER / "dev.jsonl").exists(), reason="the stream is not here")


class Hospital:
    """Reads ADT messages as they come, and states their movements as admission would."""

    def __init__(self) -> None:
        self.persons: dict[str, PersonHistory] = {}
        self.merged: dict[str, str] = {}

    def of(self, number: str) -> PersonHistory:
        number = self.merged.get(number, number)
        return self.persons.setdefault(number, PersonHistory(number))

    def read(self, message: str) -> None:
        segments = [segment.split("|") for segment in message.split("\r")]
        first = {fields[0]: fields for fields in reversed(segments)}
        event, number = first["EVN"], first["PID"][2].split("^")[0]
        if event[1] == "A34":
            self._merge(first["MRG"][1].split("^")[0], number)
        elif event[1] in _INSERTS:
            self._insert(event, first["PV1"], number)
        elif event[1] in _CANCELS:
            visit = id_of(first["PV1"][19].split("^")[0])
            cancelled_at = _moment(event[6]) if event[1] != "A23" and len(event) > 6 and event[6] else None
            self._cancel(event[1], visit, cancelled_at, at=_moment(event[2]), person=self.of(number))

    def _insert(self, event: list[str], visit: list[str], number: str) -> None:
        at, stay = _moment(event[2]), visit[19].split("^")[0]
        kind = {"A02": "transfer", "A03": "discharge"}.get(event[1], "admission")
        content: dict[str, Any] = {
            "movement_id": id_of(stay, event[1], at),
            "stay_id": id_of(stay),
            "kind": kind,
            "source_id": id_of("simulated"),
            "establishment": HOSPITAL,
            "occurred_at": at,
            "emitted_at": at,
            "unit": visit[3].split("^")[0] or None,
            "class_of_stay": _CLASSES.get(visit[2]),
        }
        self.of(number).record(_INSERTS[event[1]](**content))

    def _cancel(
        self, trigger: str, stay: UUID, of: datetime | None, *, at: datetime, person: PersonHistory
    ) -> None:
        kinds = tuple(_INSERTS[each] for each in _CANCELS[trigger])
        for event in [*person.events]:
            movement = event.data
            if (
                isinstance(movement, kinds)
                and movement.stay_id == stay
                and of in (None, movement.occurred_at)
            ):
                person.cancel(event, emitted=at)

    def _merge(self, number: str, into: str) -> None:
        giver, taker = self.of(number), self.of(into)
        held = {event.data.movement_id for event in giver.events if is_movement(event.data)}
        for movement_id in sorted(held):
            giver.hand_over(movement_id, taker, reason="merged")
        self.merged[number] = into


def _moment(text: str) -> datetime:
    return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=_ZONE)


@pytest.fixture(scope="module")
def hospital() -> Hospital:
    played = Hospital()
    for line in (_FOLDER / "dev.jsonl").read_text().splitlines():
        message = json.loads(line)["hl7"]
        if "|ADT^" in message:
            played.read(message)
    return played


def _stays(hospital: Hospital, number: str) -> list[Stay]:
    return stays_of(movement_histories(hospital.of(number).events))


def test_nobody_is_present_for_ever(hospital: Hospital) -> None:
    present = [
        number for number in hospital.persons if any(stay.is_present for stay in _stays(hospital, number))
    ]
    assert len(hospital.persons) > 100
    assert present == []


def test_who_is_merged_has_all_stays_of_both_numbers_and_the_former_number_none(hospital: Hospital) -> None:
    assert len(hospital.merged) > 5
    for number, into in hospital.merged.items():
        assert _stays_of_history(hospital.persons[number]) == []
        assert len(_stays(hospital, into)) > 1


def test_of_the_merged_the_visit_that_no_message_ends_ended_with_the_next_stay(hospital: Hospital) -> None:
    for into in set(hospital.merged.values()):
        ended = [stay for stay in _stays(hospital, into) if stay.ended_by_next_stay is not None]
        assert [(stay.class_of_stay, len(stay.movements)) for stay in ended] == [("emergency", 1)]


def _stays_of_history(person: PersonHistory) -> list[Stay]:
    return stays_of(movement_histories(person.events))
