"""Defines the indicator "length of stay"."""

from typing import Final

from services.indicators.domain.definitions.definition import MOVEMENTS, Definition, Words

LENGTH_OF_STAY: Final = Definition(
    name="length_of_stay",
    title=Words(fr="Durée de séjour", en="Length of stay"),
    value=Words(fr="Durée moyenne des séjours terminés", en="Mean length of the stays that ended"),
    numerator=Words(
        fr="Somme des nuits passées dans un lit, sans les absences entre deux présences",
        en="Sum of the nights spent in a bed, without absences between two presences",
    ),
    denominator=Words(
        fr="Séjours terminés dont l'entrée est connue", en="Stays that ended and whose admission is known"
    ),
    unit="days",
    day=Words(
        fr="Le jour de la sortie, du départ vers un autre établissement, ou du passage à une prise en charge "
        "sans lit",
        en="The day of the discharge, of the departure to another establishment, or of the change to a class "
        "without a bed",
    ),
    source=MOVEMENTS,
    limits=Words(
        fr="Un séjour sans nuit dure 0 jour. Les séjours en cours et les séjours sans lit ne comptent pas ; "
        "la classe vaut à partir du mouvement qui l'énonce. Les séjours terminés sans "
        "entrée connue sont dénombrés à part (without_admission). p90 : rang le plus proche.",
        en="A stay without a night lasts 0 days. Stays that go on, and stays without a bed, do not count; "
        "a class holds from the movement that states it. Stays that ended without a "
        "known admission are counted apart (without_admission). p90: nearest rank.",
    ),
)
