"""Several master keys: the first wraps, the others still open, and indexes do not depend on them."""

import base64

import pytest

from shared.security.master_keys import master_keys_of
from shared.security.vault import Undecipherable, Vault, beginning

OLD, NEW, THIRD = (base64.b64encode(bytes([number]) * 32).decode() for number in range(3))
FIRST = Vault(master_keys_of(OLD))
BOTH = Vault(master_keys_of(f"2026:{NEW},{OLD}", OLD))
ONLY_NEW = Vault(master_keys_of(f"2026:{NEW}\n", OLD))
SEALED_BY = FIRST.new_key()
SEALED = FIRST.encrypt(SEALED_BY, b"Jeanne", context=b"name")


def test_what_was_sealed_before_a_rotation_opens_after_it() -> None:
    assert BOTH.decrypt(SEALED_BY, SEALED, context=b"name") == b"Jeanne"
    again = BOTH.rewrap(SEALED_BY)
    assert ONLY_NEW.decrypt(again, SEALED, context=b"name") == b"Jeanne"
    assert again.startswith(beginning(BOTH.current))


def test_an_old_master_key_opens_nothing_that_the_new_one_wrapped() -> None:
    for vault, wrapped in ((FIRST, BOTH.new_key()), (ONLY_NEW, SEALED_BY), (FIRST, BOTH.rewrap(SEALED_BY))):
        with pytest.raises(Undecipherable):
            vault.encrypt(wrapped, b"", context=b"")


def test_a_key_does_not_open_under_the_id_of_another_one() -> None:
    stolen = BOTH.new_key()
    relabelled = stolen.replace(b"2026", b"2027")
    with pytest.raises(Undecipherable):
        Vault(master_keys_of(f"2027:{NEW}", OLD)).encrypt(relabelled, b"", context=b"")


def test_what_was_indexed_is_found_after_a_rotation() -> None:
    for vault in (BOTH, ONLY_NEW):
        assert vault.blind_index("ins", "1") == FIRST.blind_index("ins", "1")
        assert vault.opaque_id("stay", "1") == FIRST.opaque_id("stay", "1")


@pytest.mark.parametrize(
    ("keys", "index_key"),
    [
        (f"2026:{NEW},{OLD}", ""),
        (f"2026:{NEW}", ""),
        (f"a:{NEW},a:{OLD}", OLD),
        (f"a b:{NEW},{OLD}", OLD),
        (f":{NEW}", OLD),
        (f"a:{NEW},", OLD),
        ("a:short", OLD),
        (NEW, "short"),
        (f"é{NEW}", ""),
    ],
)
def test_keys_that_cannot_be_meant_are_refused_and_not_quoted(keys: str, index_key: str) -> None:
    with pytest.raises(ValueError, match="RELAIS_") as refused:
        master_keys_of(keys, index_key)
    assert not any(key in str(refused.value) for key in (OLD, NEW))


def test_three_keys_are_rotated_one_by_one() -> None:
    third = Vault(master_keys_of(f"2027:{THIRD},2026:{NEW}", OLD))
    wrapped = third.rewrap(BOTH.rewrap(SEALED_BY))
    assert Vault(master_keys_of(f"2027:{THIRD}", OLD)).decrypt(wrapped, SEALED, context=b"name") == b"Jeanne"
