"""A movement as an establishment sends it, encoded the same at every sending."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

ESTABLISHMENTS: Final = tuple(f"7500{number:05d}" for number in range(1, 7))
AUTHORITY: Final = "1.2.250.1.213.1.4.10"
LOCAL_AUTHORITY: Final = "IPP"
"""Every establishment calls its own numbers so."""
ELSEWHERE: Final = "-there"
"""Ends the alias of a person whom another establishment does not know to be the person without it."""
TWICE: Final = "-twice"
"""Ends the alias of a person who has a second number in the same establishment."""
BIRTH_NAME: Final = "ZZCONTINUITY"

_DETAILS: Final = ("unit", "origin", "destination")
_DOORS: Final = 3
"""One of so many movements comes as HL7 v2."""
_FINEST: Final = 100
"""In microseconds: HL7 v2 knows no shorter time."""

Repetition = Literal["plain", "again", "at_once", "other_content"]
"""`again`: sent twice; `at_once`: by two clients at the same time; `other_content`: sent again with other
content under the same id."""


@dataclass(frozen=True)
class Offer:
    """One movement as one establishment states it."""

    person: str
    """The person's alias in this run, neither a name nor a number."""
    establishment: str
    body: Mapping[str, Any]
    repetition: Repetition = "plain"
    also: str | None = None
    """Another person's alias: the statement names the two as one."""

    @property
    def id(self) -> str:
        """The sender's own id of the event."""
        return str(self.body["source_event_id"])

    @property
    def is_hl7(self) -> bool:
        """Whether it comes as HL7 v2: a third, by their ids, so that all that has one id comes alike."""
        return self._drawn % _DOORS == 0

    @property
    def wants_accept_acknowledgement(self) -> bool:
        """Whether its sender uses the enhanced mode of acknowledgements, if it comes as HL7 v2."""
        return self._drawn // _DOORS % 2 == 0

    @property
    def _drawn(self) -> int:
        return int(hashlib.sha256(self.id.encode()).hexdigest()[:8], 16)

    def contradicted(self) -> "Offer":
        """The same id with other content."""
        return replace(self, body={**self.body, "unit": "OTHER"}, repetition="plain")

    def naming(self, run: str, person: str, version: int, *, leaves_details: bool = False) -> "Offer":
        """The movement as a later version of it that names a person; version 0 is how it is stated first.

        `leaves_details`: an update says nothing of unit, origin and destination.
        """
        emitted_at = datetime.fromisoformat(str(self.body["emitted_at"])) + timedelta(minutes=2 * version)
        same = person == self.person
        left = _DETAILS if version and leaves_details else ()
        body = {
            **{name: value for name, value in self.body.items() if name not in left},
            "source_event_id": f"{self.body['movement_id']}-{version}",
            "action": "update" if version else "insert",
            "person": self.body["person"] if same else person_of(run, person, self.establishment),
            "emitted_at": emitted_at.isoformat(),
        }
        return Offer(person, self.establishment, body, also=self.also)

    def canonical(self) -> bytes:
        """The body as the bytes that are hashed and sent."""
        return json.dumps(self.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def digest(self) -> str:
        """SHA-256 of the content, as a receipt shows it."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def stated(self) -> dict[str, Any]:
        """The body without the person."""
        return {name: value for name, value in self.body.items() if name != "person"}


def caller_of(establishment: str) -> str:
    """The address that an establishment's software calls from over MLLP, by which its source is known."""
    return f"127.0.2.{ESTABLISHMENTS.index(establishment) + 1}"


def identifier_of(run: str, person: str) -> str:
    """The identifier under which every establishment knows a person; has one prefix per run."""
    return f"INS{run}-{person}"


def local_number_of(run: str, person: str, establishment: str) -> str:
    """The person's number in one establishment; the next establishment gives it to the person before."""
    digits = person[1:].removesuffix(ELSEWHERE).removesuffix(TWICE)
    number = int(digits) if digits.isdigit() else 0
    if person.endswith(TWICE):
        return f"IPP{run}-D{number}"
    return f"IPP{run}-{number + ESTABLISHMENTS.index(establishment)}"


def person_of(
    run: str, person: str, establishment: str, *, is_local: bool = False, status: str | None = None
) -> dict[str, Any]:
    """How an establishment names a person; whoever is local is known by the local number alone.

    `status`: of the identity; without one the national number is believed, because it is one of tests.
    """
    local = {"authority": LOCAL_AUTHORITY, "value": local_number_of(run, person, establishment)}
    national = {"authority": AUTHORITY, "value": identifier_of(run, person.removesuffix(ELSEWHERE))}
    return {
        **({"identity_status": status} if status else {}),
        "identifiers": [local] if is_local else [national, local],
        "traits": {
            "birth_name": BIRTH_NAME,
            "given_names": ["Camille"],
            "birth_date": "1941-05-17",
            "sex": "female",
        },
    }


def body_of(
    run: str,
    person: str,
    *,
    movement: str,
    version: int,
    stay: str,
    kind: str,
    establishment: str,
    occurred_at: datetime,
    emitted_at: datetime,
    action: str = "insert",
    is_local: bool = False,
    **other: Any,
) -> dict[str, Any]:
    """The body of a movement; each version of it has a source event id of its own."""
    return {
        "source_event_id": f"{run}-{movement}-{version}",
        "movement_id": f"{run}-{movement}",
        "stay_id": f"{run}-{stay}",
        "action": action,
        "kind": kind,
        "person": person_of(run, person, establishment, is_local=is_local),
        "establishment": establishment,
        "class_of_stay": "inpatient",
        "occurred_at": _sayable(occurred_at).isoformat(),
        "emitted_at": _sayable(emitted_at).isoformat(),
        **other,
    }


def _sayable(moment: datetime) -> datetime:
    """The moment as far as every language in which it may be told can say it."""
    return moment.replace(microsecond=moment.microsecond // _FINEST * _FINEST)
