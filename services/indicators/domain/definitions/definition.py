"""Defines what a definition of an indicator says."""

from typing import Final, Literal

import msgspec

Name = Literal["occupancy", "length_of_stay", "transfers_confirmed_in_time", "delay_to_carer_informed"]
Unit = Literal["persons", "days", "share", "seconds"]


class Words(msgspec.Struct, frozen=True):
    """The same text for French and for English readers."""

    fr: str
    en: str


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """What an indicator is."""

    name: Name
    title: Words
    value: Words
    numerator: Words
    denominator: Words
    unit: Unit
    day: Words
    """What decides to which day something counts."""
    source: Words
    limits: Words


MOVEMENTS: Final = Words(
    fr="Mouvements (entrées, transferts, sorties) transmis par l'établissement, corrections comprises",
    en="Movements (admissions, transfers, discharges) stated by the establishment, corrections included",
)
