"""Defines the indicator "length of stay"."""

from typing import Final

from services.indicators.domain.definitions.definition import MOVEMENTS, Definition, Words

LENGTH_OF_STAY: Final = Definition(
    name="length_of_stay",
    title=Words(fr="Durée de séjour", en="Length of stay"),
    value=Words(fr="Durée moyenne des séjours terminés", en="Mean length of the stays that ended"),
    numerator=Words(
        fr="Somme des durées : date de sortie moins date d'entrée, absences entre deux présences déduites",
        en="Sum of the lengths: date of exit minus date of entry, without absences between two presences",
    ),
    denominator=Words(
        fr="Séjours terminés dont l'entrée est connue", en="Stays that ended and whose admission is known"
    ),
    unit="days",
    day=Words(
        fr="Le jour de la sortie, ou du départ vers un autre établissement",
        en="The day of the discharge, or of the departure to another establishment",
    ),
    source=MOVEMENTS,
    limits=Words(
        fr="Un séjour sans nuit dure 0 jour. Les séjours en cours et les séjours sans lit ne comptent pas. "
        "Les séjours terminés sans "
        "entrée connue sont dénombrés à part (without_admission). p90 : rang le plus proche.",
        en="A stay without a night lasts 0 days. Stays that go on, and stays without a bed, do not count. "
        "Stays that ended without a "
        "known admission are counted apart (without_admission). p90: nearest rank.",
    ),
)
