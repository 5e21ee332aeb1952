"""The stack's secrets are made once and kept to their owner; the operator's key is shown once."""

import base64
import stat
from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.stack.credentials import FILE, ensure_credentials, mark_shown, read_credentials
from deploy.local.stack.operator_key import replace_operator_key
from deploy.local.supervision.state import supervising
from shared.security.principal import sha256_of


def test_each_service_has_a_password_of_its_own_and_keys_are_of_full_length(tmp_path: Path) -> None:
    credentials, _ = ensure_credentials(tmp_path)
    assert set(credentials.database_passwords) == {"admission", "pathway", "notifications", "indicators"}
    assert len(set(credentials.database_passwords.values())) == 4
    assert {len(base64.b64decode(key)) for key in credentials.master_keys.values()} == {32}


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    ensure_credentials(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_the_operators_key_is_stored_as_its_hash_and_given_until_it_was_shown(tmp_path: Path) -> None:
    _, first = ensure_credentials(tmp_path)
    credentials, second = ensure_credentials(tmp_path)
    assert first is not None
    assert second is not None
    assert first != second
    assert credentials.bootstrap_key_sha256 == sha256_of(second)
    assert second not in (tmp_path / FILE).read_text()
    mark_shown(tmp_path)
    assert ensure_credentials(tmp_path)[1] is None


def test_all_else_stays_as_it_was(tmp_path: Path) -> None:
    first, _ = ensure_credentials(tmp_path)
    second, _ = ensure_credentials(tmp_path)
    assert (second.database_passwords, second.master_keys) == (first.database_passwords, first.master_keys)
    assert read_credentials(tmp_path) == second


def test_a_lost_key_is_shown_anew_by_the_next_start_where_no_other_key_is_kept(tmp_path: Path) -> None:
    ensure_credentials(tmp_path)
    mark_shown(tmp_path)
    with pytest.raises(StackError, match="is not running"):
        replace_operator_key(tmp_path)
    assert ensure_credentials(tmp_path)[1] is None
    with supervising(tmp_path), pytest.raises(StackError, match="the next start shows a new"):
        replace_operator_key(tmp_path)
    assert ensure_credentials(tmp_path)[1] is not None
