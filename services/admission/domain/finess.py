"""Is the key of a FINESS number right? Luhn on its nine characters; a wrong key warns and refuses nothing."""

from functools import lru_cache
from typing import Final

# Corsica: 2A and 2B count as 21 and 22 (holds for all 64 of them in SAE 2023).
_CORSICA: Final = str.maketrans("AB", "12")
_NINE: Final = 9


@lru_cache(maxsize=4096)  # some thousand establishments state everything
def key_is_valid(finess: str) -> bool:
    """Whether the last digit is the key of the others."""
    digits = finess.translate(_CORSICA)
    if not (digits.isascii() and digits.isdigit()):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - _NINE if value > _NINE else value for value in doubled) % 10 == 0
