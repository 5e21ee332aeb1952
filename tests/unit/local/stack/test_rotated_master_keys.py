"""A rotation of the stack's master keys leaves what was sealed and indexed before as it was."""

from pathlib import Path

from deploy.local.stack.credentials import ensure_credentials, read_credentials, with_new_master_keys
from shared.security.master_keys import master_keys_of


def test_each_rotation_adds_a_key_in_front_and_the_key_of_indexes_stays(tmp_path: Path) -> None:
    ensure_credentials(tmp_path)
    first = read_credentials(tmp_path)
    assert first is not None
    once = with_new_master_keys(first)
    twice = with_new_master_keys(once)
    for service, key in first.master_keys.items():
        keys = master_keys_of(twice.master_keys[service], twice.index_keys[service])
        assert len(keys.keys) == 3
        assert keys.index_key == master_keys_of(key).index_key == keys.keys[""]
        assert keys.current not in {"", master_keys_of(once.master_keys[service], key).current}
