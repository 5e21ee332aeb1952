"""The account that a server runs as: PostgreSQL refuses root, so root starts it as one without rights."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError

ACCOUNT_NAME = "nobody"


@dataclass(frozen=True)
class Account:
    """An account that a server runs as."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """The account to drop to; None for an ordinary user, who runs everything plainly."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        raise StackError(f"PostgreSQL cannot run as root, and no account '{ACCOUNT_NAME}' is here") from None
    return Account(entry.pw_uid, entry.pw_gid)


def _may_pass(account: Account, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def may_enter(account: Account | None, folder: Path) -> bool:
    """Whether the account may use what lies in the folder, by the mode bits of it and all above it."""
    whole = folder.resolve()
    return account is None or all(_may_pass(account, each) for each in (whole, *whole.parents))


def give(account: Account | None, path: Path) -> None:
    """Make the account the owner of one file or folder."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def hand_over(account: Account | None, folder: Path) -> None:
    """Create `folder` for the account alone and give it with all it holds."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (folder, *folder.rglob("*")):
        give(account, path)
