import hashlib

from shared.security.principal import new_key, sha256_of


def test_a_key_has_256_random_bits_and_a_prefix_that_scanners_find() -> None:
    key, _ = new_key()
    assert key.startswith("relais_")
    assert len(key) == len("relais_") + 43


def test_no_two_keys_are_alike() -> None:
    assert len({new_key()[0] for _ in range(100)}) == 100


def test_what_is_stored_is_the_hash_of_the_whole_key() -> None:
    key, stored = new_key()
    assert stored == hashlib.sha256(key.encode()).hexdigest() == sha256_of(key)
