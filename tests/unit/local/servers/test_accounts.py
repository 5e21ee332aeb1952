"""Whether an account without rights can reach a folder is known beforehand."""

import os
from pathlib import Path

from deploy.local.servers.accounts import Account, may_enter

STRANGER = Account(uid=os.geteuid() + 4321, gid=os.getegid() + 4321)
OWNER = Account(uid=os.geteuid(), gid=os.getegid())


def test_a_stranger_needs_every_folder_on_the_way_open(tmp_path: Path) -> None:
    open_folder = tmp_path / "closed" / "open"
    open_folder.mkdir(parents=True)
    open_folder.chmod(0o755)
    open_folder.parent.chmod(0o700)
    assert not may_enter(STRANGER, open_folder)
    assert may_enter(None, open_folder)


def test_the_owners_bits_count_for_the_owner(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    assert may_enter(OWNER, folder)
    assert not may_enter(STRANGER, folder)
