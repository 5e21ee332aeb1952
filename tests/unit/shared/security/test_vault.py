import os
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.vault import Undecipherable, Vault

VAULT = Vault(bytes(32))
KEY = VAULT.new_key()
STORED_KEY = bytes.fromhex(
    "014683afd099eef30624b3f52e0dac164040b6b3ffeabb843e16de6e709bd9bf6b6dcb3fe7385a77fdcf9842c6110163"
    "00e8cebd03243515150965c365"
)
STORED_TEXT = bytes.fromhex(
    "01422ee39b1f5f2176facfec15e62b0b9e49d8018b6f1a1dc5b790126c855a9313727637646168ab6742"
)
PARTS = st.lists(st.text(), max_size=4).map(tuple)


@given(plaintext=st.binary(), context=st.binary())
def test_what_was_encrypted_is_decrypted(plaintext: bytes, context: bytes) -> None:
    ciphertext = VAULT.encrypt(KEY, plaintext, context=context)
    assert VAULT.decrypt(KEY, ciphertext, context=context) == plaintext


@given(context=st.binary(), other=st.binary())
def test_another_context_does_not_open_it(context: bytes, other: bytes) -> None:
    ciphertext = VAULT.encrypt(KEY, b"Jeanne Dupont", context=context)
    if context != other:
        with pytest.raises(Undecipherable):
            VAULT.decrypt(KEY, ciphertext, context=other)


@given(ciphertext=st.binary(max_size=200))
def test_anything_else_is_undecipherable_and_nothing_worse(ciphertext: bytes) -> None:
    with pytest.raises(Undecipherable):
        VAULT.decrypt(KEY, ciphertext, context=b"")


@given(position=st.integers(min_value=0, max_value=40), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_noticed(position: int, flip: int) -> None:
    changed = bytearray(VAULT.encrypt(KEY, b"Jeanne Dupont", context=b"traits"))
    changed[position % len(changed)] ^= flip
    with pytest.raises(Undecipherable):
        VAULT.decrypt(KEY, bytes(changed), context=b"traits")


def test_each_person_has_another_key() -> None:
    ciphertext = VAULT.encrypt(VAULT.new_key(), b"Jeanne Dupont", context=b"")
    with pytest.raises(Undecipherable):
        VAULT.decrypt(VAULT.new_key(), ciphertext, context=b"")


def test_another_master_key_opens_nothing() -> None:
    ciphertext = VAULT.encrypt(KEY, b"Jeanne Dupont", context=b"")
    with pytest.raises(Undecipherable):
        Vault(os.urandom(32)).decrypt(KEY, ciphertext, context=b"")


def test_a_wrapped_key_is_not_taken_for_a_ciphertext() -> None:
    with pytest.raises(Undecipherable):
        VAULT.decrypt(KEY, KEY, context=b"relais wrapped key")


def test_the_same_plaintext_never_gives_the_same_ciphertext() -> None:
    assert VAULT.encrypt(KEY, b"x", context=b"") != VAULT.encrypt(KEY, b"x", context=b"")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_master_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(bytes(length))


@given(one=PARTS, other=PARTS)
def test_an_index_is_equal_for_equal_parts_only(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (VAULT.blind_index(*one) == VAULT.blind_index(*other)) == (one == other)


def test_the_border_between_parts_counts() -> None:
    assert VAULT.blind_index("a", "bc") != VAULT.blind_index("ab", "c")
    assert VAULT.opaque_id("a", "bc") != VAULT.opaque_id("ab", "c")
    assert VAULT.blind_index("a", "") != VAULT.blind_index("a")


def test_an_index_needs_the_master_key() -> None:
    assert VAULT.blind_index("ins", "1") != Vault(os.urandom(32)).blind_index("ins", "1")
    assert len(VAULT.blind_index("ins", "1")) == 32


@given(parts=PARTS)
def test_an_opaque_id_is_a_uuid_of_its_own_version_and_no_part_of_the_index(parts: tuple[str, ...]) -> None:
    opaque = VAULT.opaque_id(*parts)
    assert (opaque.version, opaque.variant) == (8, RFC_4122)
    assert opaque == VAULT.opaque_id(*parts)
    assert opaque.bytes[:4] != VAULT.blind_index(*parts)[:4]


def test_what_was_stored_yesterday_is_found_and_opened_for_ever() -> None:
    assert VAULT.blind_index("ins", "1").hex() == (
        "00f1aa80e2622fba002d2a3ee29c7b305d6a1cfb32576508268770488ff49bbc"
    )
    assert str(VAULT.opaque_id("ins", "1")) == "dcc253d9-9e09-8c27-8b81-0422db79c346"
    assert VAULT.decrypt(STORED_KEY, STORED_TEXT, context=b"traits") == b"Jeanne Dupont"
