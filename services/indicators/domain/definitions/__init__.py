"""Defines each indicator as data: what it says, of what, and what it does not say.

A figure without its definition is a number that two people read differently, so the definition is
served with the figures, in French first.
"""

from typing import Final

from services.indicators.domain.definitions.definition import Definition, Name
from services.indicators.domain.definitions.delay_to_carer_informed import DELAY_TO_CARER_INFORMED
from services.indicators.domain.definitions.length_of_stay import LENGTH_OF_STAY
from services.indicators.domain.definitions.occupancy import OCCUPANCY
from services.indicators.domain.definitions.transfers_confirmed_in_time import TRANSFERS_CONFIRMED_IN_TIME

DEFINITIONS: Final[tuple[Definition, ...]] = (
    OCCUPANCY,
    LENGTH_OF_STAY,
    TRANSFERS_CONFIRMED_IN_TIME,
    DELAY_TO_CARER_INFORMED,
)
NAMES: Final[tuple[Name, ...]] = tuple(definition.name for definition in DEFINITIONS)
