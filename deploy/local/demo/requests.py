"""Writes a journey as the requests that establishment software would send."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from deploy.local.demo.journey import Establishment, Person, Step, insi_test_number

TEST_AUTHORITY = "1.2.250.1.213.1.4.10"
"""OID of the national identifier in test mode (RNIV volet 1, 2.2); never one of a real person."""

_ALIASES = ("Mamie", "Papi", "Maman", "Papa", "Tante Jo", "Tonton")


@dataclass(frozen=True)
class Post:
    """One movement, ready to be posted by its establishment."""

    person: Person
    establishment: Establishment
    body: dict[str, Any]


def posts(people: list[Person], *, day_start: datetime, run: str) -> list[Post]:
    """Every movement of every journey in order of time; `run` keeps two plays apart."""
    timed = [
        (step.hours, person, index, step) for person in people for index, step in enumerate(person.steps)
    ]
    timed.sort(key=lambda item: (item[0], item[1].number, item[2]))
    return [
        Post(person, step.establishment, _body(person, index, step, day_start, run))
        for _, person, index, step in timed
    ]


def _body(person: Person, index: int, step: Step, day_start: datetime, run: str) -> dict[str, Any]:
    at = (day_start + timedelta(hours=step.hours)).isoformat()
    body: dict[str, Any] = {
        "source_event_id": f"{run}-{person.number}-{index}",
        "movement_id": f"{run}-{person.number}-{index}",
        "stay_id": f"{run}-{step.stay}",
        "action": "insert",
        "kind": step.kind,
        "person": {
            "identifiers": [{"authority": TEST_AUTHORITY, "value": f"{run}-{insi_test_number(person)}"}],
            "traits": {
                "birth_name": f"DEMO-{person.number}",
                "given_names": ["Camille"],
                "birth_date": person.birth_date,
                "sex": person.sex,
            },
        },
        "establishment": step.establishment.finess,
        "class_of_stay": "inpatient",
        "occurred_at": at,
        "emitted_at": at,
    }
    if step.unit:
        body["unit"] = step.unit
    return body | dict(_places(step))


def _places(step: Step) -> Iterator[tuple[str, dict[str, str]]]:
    """Entry or exit: the mode, and the other establishment when there is one."""
    if step.kind == "admission":
        origin = {"mode": step.mode or "home"}
        yield "origin", origin | ({"establishment": step.origin.finess} if step.origin else {})
    elif step.mode:
        destination = {"mode": step.mode}
        yield (
            "destination",
            destination | ({"establishment": step.destination.finess} if step.destination else {}),
        )


def carer(person: Person, *, consent_at: datetime) -> dict[str, Any]:
    """Someone close to the person; the number is from the range kept for fiction (06 39 98 xx xx)."""
    number = person.number % 10_000
    return {
        "alias": _ALIASES[person.number % len(_ALIASES)],
        "channels": [
            {
                "medium": "sms",
                "address": f"+33639 98 {number // 100:02d} {number % 100:02d}".replace(" ", ""),
            },
            {"medium": "email", "address": f"proche{person.number}@exemple.fr"},
        ],
        "language": "fr",
        "night": True,
        "consent": {
            "given_at": consent_at.isoformat(),
            "proof": {"kind": "written", "reference": f"DEMO-{person.number}"},
        },
    }
