"""The last digit of a FINESS number is its key."""

import pytest

from services.admission.domain.checks import is_valid_finess

# The Croix-Rouge française (legal entity) and the AP-HP, as published; then Corsica, by the SAE's rule.
RIGHT = ["750721334", "750712184", "750000002", "920000023", "2A0000014", "2B0000020"]


@pytest.mark.parametrize("finess", RIGHT)
def test_a_number_with_its_key_is_right(finess: str) -> None:
    assert is_valid_finess(finess)


@pytest.mark.parametrize("finess", RIGHT)
def test_any_other_last_digit_is_wrong(finess: str) -> None:
    others = {finess[:-1] + digit for digit in "0123456789"} - {finess}
    assert not any(map(is_valid_finess, others))


def test_letters_other_than_those_of_corsica_have_no_key() -> None:
    assert not is_valid_finess("7500000Z2")
