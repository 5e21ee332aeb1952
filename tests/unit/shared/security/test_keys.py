import hashlib

from shared.security import keys


def test_a_key_has_256_random_bits_and_a_prefix_that_scanners_find() -> None:
    key, _ = keys.new_key()
    assert key.startswith("relais_")
    assert len(key) == len("relais_") + 43


def test_no_two_keys_are_alike() -> None:
    assert len({keys.new_key()[0] for _ in range(100)}) == 100


def test_what_is_stored_is_the_hash_of_the_whole_key() -> None:
    key, stored = keys.new_key()
    assert stored == hashlib.sha256(key.encode()).hexdigest() == keys.sha256_of(key)
