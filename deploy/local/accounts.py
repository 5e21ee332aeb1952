"""As whom does a server run: PostgreSQL refuses root, so root hands it to an account without rights."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError

ACCOUNT_NAME = "nobody"
OUTSIDE_HOME = Path("/var/lib/relais")


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
        raise StackError(
            f"PostgreSQL cannot run as root and there is no account '{ACCOUNT_NAME}' here"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def _allows(account: Account, path: Path, needed: int) -> bool:
    status = path.stat()
    if status.st_uid == account.uid:
        return status.st_mode >> 6 & needed == needed
    if status.st_gid == account.gid:
        return status.st_mode >> 3 & needed == needed
    return status.st_mode & needed == needed


def reaches(account: Account | None, path: Path) -> bool:
    """Whether the account may pass every folder down to `path` and read it, by the mode bits."""
    if account is None:
        return True
    path = path.resolve()
    return all(_allows(account, folder, 1) for folder in path.parents) and _allows(account, path, 5)


def reachable_folder(account: Account | None, wanted: Path) -> Path:
    """`wanted`, or a folder outside root's private home when the account cannot get there."""
    if account is None:
        return wanted
    parent = next(folder for folder in wanted.parents if folder.exists())
    if reaches(account, parent):
        return wanted
    return OUTSIDE_HOME.joinpath(*wanted.resolve().parts[1:])


def give(account: Account | None, path: Path) -> None:
    """Make the account the owner of one file or folder."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def hand_over(account: Account | None, folder: Path) -> None:
    """Create `folder` for the account alone and give it with all it holds."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (folder, *folder.rglob("*")):
        give(account, path)
