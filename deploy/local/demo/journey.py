"""Journeys of the demo's people: the steps of each person, before they become requests.

`hours` count from the start of the demo's day, which is 20 hours long: recent enough that carers are
still told.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["admission", "transfer", "discharge"]
DAY_HOURS = 20.0


@dataclass(frozen=True)
class Establishment:
    """One of the demo's establishments; the numbers have a valid key but belong to nobody."""

    finess: str
    name: str
    email: str


HOSPITAL = Establishment("750000002", "Hôpital Sainte-Claire", "coordination@hopital.exemple.fr")
CLINIC = Establishment("920000023", "Clinique des Tilleuls", "coordination@clinique.exemple.fr")
REHABILITATION = Establishment("930000039", "Centre de rééducation du Canal", "accueil@ssr.exemple.fr")
NURSING_HOME = Establishment("940000045", "EHPAD Les Glycines", "infirmerie@ehpad.exemple.fr")
HOME_CARE = Establishment("780000055", "Soins à domicile Val de Seine", "tournees@ssiad.exemple.fr")
ESTABLISHMENTS = (HOSPITAL, CLINIC, REHABILITATION, NURSING_HOME, HOME_CARE)


@dataclass(frozen=True)
class Step:
    """One movement of a journey."""

    hours: float
    kind: Kind
    establishment: Establishment
    stay: str
    unit: str | None = None
    origin: Establishment | None = None
    destination: Establishment | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Person:
    """Someone whose journey the demo plays; `number` is the key of the national test identity."""

    number: int
    sex: Literal["female", "male"]
    birth_date: str
    steps: tuple[Step, ...]


def insi_test_number(person: Person) -> str:
    """A number in the shape of the national identifier, under its TEST authority (RNIV volet 1, 2.2)."""
    year, month, _ = person.birth_date.split("-")
    body = f"{2 if person.sex == 'female' else 1}{year[2:]}{month}75{person.number % 10**6:06d}"
    return f"{body}{97 - int(body) % 97:02d}"
