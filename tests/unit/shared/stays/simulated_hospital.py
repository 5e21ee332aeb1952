"""Reads a simulated hospital's ADT messages, and states their movements as admission would, in any order."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import asdict

from shared.events.admission import (
    ClassOfStay,
    Movement,
    MovementCancelled,
    MovementKind,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    is_movement,
)
from shared.testing.person_history import HOSPITAL, PersonHistory, id_of

FOLDER: Final = Path(os.environ.get("RELAIS_TEST_STREAM", "../shared/data/hl7v2/simhospital-stream"))
_ZONE: Final = ZoneInfo("Europe/Paris")
_ADMIT_TIME, _DISCHARGE_TIME = 44, 45
_INSERTS: Final[dict[str, tuple[type[Movement], MovementKind, int]]] = {
    "A01": (PatientAdmitted, "admission", _ADMIT_TIME),
    "A04": (PatientAdmitted, "admission", _ADMIT_TIME),
    "A02": (PatientTransferred, "transfer", 0),
    "A03": (PatientDischarged, "discharge", _DISCHARGE_TIME),
}
_CANCELS: Final = {"A11": ("A01", "A04"), "A12": ("A02",), "A13": ("A03",), "A23": tuple(_INSERTS)}
_CLASSES: Final[dict[str, ClassOfStay]] = {"I": "inpatient", "EMERGENCY": "emergency", "O": "outpatient"}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one message says: movements under a number, or that another number is the same person's."""

    number: str
    movements: Sequence[Movement] = ()
    merges: str | None = None


@dataclass
class _Reader:
    """Reads the messages in the order in which they were sent: a cancel names what was stated before."""

    stated: dict[tuple[str, str, str], Movement] = field(default_factory=dict)
    """By visit, trigger and time of the message."""

    def read(self, message: str) -> Said | None:
        segments = [segment.split("|") for segment in message.split("\r")]
        first = {fields[0]: fields for fields in reversed(segments)}
        trigger, number = first["EVN"][1], first["PID"][2].split("^")[0]
        if trigger == "A34":
            return Said(number=number, merges=first["MRG"][1].split("^")[0])
        if trigger in _INSERTS:
            movement = self._insert(first["EVN"], first["PV1"])
            return Said(number=number, movements=(movement,))
        if trigger in _CANCELS:
            return Said(number=number, movements=self._cancels(first["EVN"], first["PV1"]))
        return None

    def _insert(self, event: list[str], visit: list[str]) -> Movement:
        trigger, sent, stay = event[1], event[2], visit[19].split("^")[0]
        type_, kind, own_time = _INSERTS[trigger]
        at = visit[own_time] if own_time and len(visit) > own_time and visit[own_time] else sent
        movement = type_(
            movement_id=id_of(stay, trigger, sent),
            stay_id=id_of(stay),
            kind=kind,
            source_id=id_of("simulated"),
            establishment=HOSPITAL,
            occurred_at=moment_of(at),
            emitted_at=moment_of(sent),
            unit=visit[3].split("^")[0] or None,
            class_of_stay=_CLASSES.get(visit[2]),
        )
        self.stated[stay, trigger, sent] = movement
        return movement

    def _cancels(self, event: list[str], visit: list[str]) -> list[Movement]:
        trigger, sent, stay = event[1], event[2], visit[19].split("^")[0]
        of = event[6] if trigger != "A23" else None
        return [
            MovementCancelled(**{**asdict(movement), "emitted_at": moment_of(sent)})
            for (of_stay, by, at), movement in self.stated.items()
            if of_stay == stay and by in _CANCELS[trigger] and of in (None, at)
        ]


class Hospital:
    """What admission publishes of its persons, when it is told all this in this order."""

    def __init__(self, said: Iterable[Said]) -> None:
        self.persons: dict[str, PersonHistory] = {}
        self.merged: dict[str, str] = {}
        for each in said:
            if each.merges is not None and each.merges not in self.merged:
                self._merge(each.merges, each.number)
            for movement in each.movements:
                self.of(each.number).record(movement)

    def of(self, number: str) -> PersonHistory:
        number = self.merged.get(number, number)
        return self.persons.setdefault(number, PersonHistory(number))

    def _merge(self, number: str, into: str) -> None:
        giver, taker = self.of(number), self.of(into)
        held = {event.data.movement_id for event in giver.events if is_movement(event.data)}
        for movement_id in sorted(held):
            giver.hand_over(movement_id, taker, reason="merged")
        self.merged[number] = into


def all_said() -> list[Said]:
    """What the messages of the stream say, in the order in which they were sent."""
    reader = _Reader()
    lines = (FOLDER / "dev.jsonl").read_text().splitlines()
    messages = [message for message in (json.loads(line)["hl7"] for line in lines) if "|ADT^" in message]
    return [said for said in map(reader.read, messages) if said is not None]


def moment_of(text: str) -> datetime:
    return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=_ZONE)
