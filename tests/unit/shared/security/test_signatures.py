"""A grant counts with the signature of a known key over exactly this grant, and not otherwise."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from shared.events.relations import RelationEnded, RelationGranted
from shared.security.signatures import Signer, Verifier, keys_of, signer_of

PERSON, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OLD, NEW = Signer("2025", bytes(range(32))), Signer("2026", bytes(range(1, 33)))
KNOWN = Verifier(keys_of(f"{OLD.public_key}, {NEW.public_key}", variable="KEYS"))
UNSIGNED = RelationGranted(
    grant_id=UUID(int=7),
    revision=2,
    basis="team",
    establishments=("690784137", "750000002"),
    of=("750000002",),
    begins_at=NOW,
    ends_at=NOW + timedelta(days=30),
    key_id="",
    signature="",
)
GRANT, END = NEW.granted(PERSON, UNSIGNED), NEW.ended(PERSON, UUID(int=7), 3)


def test_what_is_signed_is_valid_in_any_spelling_of_its_moments() -> None:
    paris = datetime.fromisoformat("2026-03-01T13:00:00+01:00")
    assert KNOWN.is_valid(PERSON, GRANT)
    assert KNOWN.is_valid(PERSON, replace(GRANT, begins_at=paris))
    assert KNOWN.is_valid(PERSON, END)


@pytest.mark.parametrize(
    "forged",
    [
        replace(GRANT, grant_id=UUID(int=8)),
        replace(GRANT, revision=3),
        replace(GRANT, basis="break_the_glass"),
        replace(GRANT, establishments=("690784137", "750000002", "940000045")),
        replace(GRANT, establishments=("690784137",), of=("750000002", "750000002")),
        replace(GRANT, of=()),
        replace(GRANT, begins_at=NOW - timedelta(days=1)),
        replace(GRANT, ends_at=None),
        replace(GRANT, key_id="2025"),
        replace(GRANT, key_id="2027"),
        replace(GRANT, signature=""),
        replace(GRANT, signature="not base64"),
        replace(GRANT, signature=END.signature),
        replace(END, revision=4),
        replace(END, grant_id=UUID(int=8)),
        UNSIGNED,
        Signer("2026", bytes(32)).granted(PERSON, UNSIGNED),
    ],
)
def test_anything_else_is_not(forged: RelationGranted | RelationEnded) -> None:
    assert not KNOWN.is_valid(PERSON, forged)


def test_a_grant_is_of_its_person_and_of_nobody_else() -> None:
    assert not KNOWN.is_valid(OTHER, GRANT)
    assert not KNOWN.is_valid(OTHER, END)


def test_keys_rotate_what_the_former_one_signed_stays_valid_while_it_is_known() -> None:
    former = OLD.granted(PERSON, UNSIGNED)
    assert KNOWN.is_valid(PERSON, former)
    assert not Verifier(keys_of(NEW.public_key, variable="KEYS")).is_valid(PERSON, former)
    assert not Verifier({}).is_valid(PERSON, GRANT)


def test_a_signer_is_made_from_a_setting_or_there_is_none() -> None:
    secret = base64.b64encode(bytes(range(1, 33))).decode()
    signer = signer_of(f"2026={secret}", variable="KEY")
    assert signer is not None
    assert signer.granted(PERSON, UNSIGNED) == GRANT
    assert signer_of("", variable="KEY") is None


@pytest.mark.parametrize("text", ["c2hvcnQ=", "2026=c2hvcnQ=", f"{OLD.public_key},{OLD.public_key}"])
def test_a_setting_that_is_no_key_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"^KEY must read") as refused:
        keys_of(text, variable="KEY")
    assert text not in str(refused.value)


def test_a_signer_has_one_key() -> None:
    with pytest.raises(ValueError, match="KEY must read"):
        signer_of(f"{OLD.public_key},{NEW.public_key}", variable="KEY")
