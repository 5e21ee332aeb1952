"""Checks the national numbers of establishments and professionals by their keys."""

import re
from typing import Final

from services.admission.domain.checks import is_valid_finess

_RPPS: Final = re.compile(r"[0-9]{11}")
_FINESS: Final = re.compile(r"[0-9A-Z]{9}")
_NINE: Final = 9


def is_finess(number: str) -> bool:
    """Whether it has the form of a FINESS number, and its key."""
    return _FINESS.fullmatch(number) is not None and is_valid_finess(number)


def is_rpps(number: str) -> bool:
    """Whether it has the form of an RPPS number, and its key (Luhn)."""
    if _RPPS.fullmatch(number) is None:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - _NINE if value > _NINE else value for value in doubled) % 10 == 0
